"""The JSON interface: `/api/v1` mirrors the commands (CONTRACT §7)."""
