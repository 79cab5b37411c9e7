"""Elimination: proposal, a second person's visa, purge, certificate (docs/retention.md)."""
