"""Rows of the table of theorems for two-layer linear networks."""
