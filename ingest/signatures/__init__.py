"""Electronic signatures on received documents: found by their marks, checked in a guarded child."""
