"""Quadrature, root finding, sums over modes: what formulas are computed with."""
