"""Readers: bytes to an EN 16931 invoice with evidence."""
