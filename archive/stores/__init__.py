"""Object stores, one adapter a vendor."""
