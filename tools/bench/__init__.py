"""Measures speed, memory and size, as ratios within one run."""
