"""Writes the files of exports: one module for each format, and the work in steps."""
