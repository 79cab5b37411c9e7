"""Index engines, one adapter a vendor."""
