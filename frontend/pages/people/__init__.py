"""The pages of an authority's administrators: accounts, parts, teams and policy."""
