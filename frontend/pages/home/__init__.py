"""My work: what this person must see to, the most urgent first."""
