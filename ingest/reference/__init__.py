"""Reference data in: tables as people keep them, read, checked and written by key (CONTRACT §1)."""
