"""Ways in: command line, JSON, web pages, workers."""
