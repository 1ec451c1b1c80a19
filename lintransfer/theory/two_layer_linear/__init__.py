"""Formulas for two-layer linear networks."""
