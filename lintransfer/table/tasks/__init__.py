"""Rows of the table of theorems for tasks, whatever the model."""
