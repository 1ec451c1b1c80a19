"""Rows of the table of theorems for shallow ReLU networks."""
