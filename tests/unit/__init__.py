"""One thing at a time, in memory."""
