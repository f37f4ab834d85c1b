"""Opens hostile files in a limited process and says what became of each."""
