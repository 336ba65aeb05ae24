"""How the whole house is put together and started."""
