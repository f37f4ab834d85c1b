"""Measures on labelled pictures how often the recogniser's answers are right."""
