"""The pages of reviews: convening, preparing, holding, deciding, and what came of it."""
