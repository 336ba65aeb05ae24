"""The pages of a home: who lives there, and what the regulator has said of it."""
