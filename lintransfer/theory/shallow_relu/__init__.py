"""Formulas for shallow ReLU networks."""
