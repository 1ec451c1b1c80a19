"""Rows of the table of theorems for the linear model."""
