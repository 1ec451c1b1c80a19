"""Rows of the table of theorems for diagonal linear networks."""
