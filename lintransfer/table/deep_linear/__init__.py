"""Rows of the table of theorems for deep linear networks."""
