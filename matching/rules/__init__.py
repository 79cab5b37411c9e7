"""One file a rule; each yields discrepancies."""
