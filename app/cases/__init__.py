"""Review cases: what a person has to look at, and what they decided."""
