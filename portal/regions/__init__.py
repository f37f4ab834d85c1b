"""The regions of a system, and what operators do when one is lost."""
