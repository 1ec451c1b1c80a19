"""Formulas for deep linear networks."""
