"""Formulas for diagonal linear networks."""
