"""Ways to wake workers."""
