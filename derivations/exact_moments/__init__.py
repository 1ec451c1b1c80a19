"""Ratios of Gaussian quadratic forms as Laplace integrals."""
