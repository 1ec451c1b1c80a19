"""Formulas for tasks, whatever the model."""
