"""Formulas for the linear model."""
