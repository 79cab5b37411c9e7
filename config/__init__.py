"""Settings, and the assembly of the application from them."""
