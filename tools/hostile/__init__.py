"""Opens hostile files in a limited process and reports each outcome."""
