"""The pages of a visit: arranging it, recording what was seen, and what came of it."""
