"""Builds the packages that AWS runs: functions, worker and portal.

Equal code gives an equal file on any machine, and the file is named by its SHA-256.
"""
