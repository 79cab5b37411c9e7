"""Makes the sample that `meg demo` loads: an invented commune, its suppliers and its mail."""
