"""Full-text search over everything visible in a document."""
