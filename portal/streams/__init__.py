"""Cameras that are live now: what becomes of their frames, and how to stop one."""
