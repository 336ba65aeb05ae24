"""The pages of a child: what is owed, what happened, where they live, and who may see it."""
