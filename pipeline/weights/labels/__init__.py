"""The names that people see: WordNet's words and hypernyms, pruned by hand, as two JSON tables."""
