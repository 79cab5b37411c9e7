"""One suite over all adapters of a port."""
