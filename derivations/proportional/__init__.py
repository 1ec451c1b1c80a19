"""Isotropic ridge regression and gradient flow in the proportional limit, from the Marchenko–Pastur law."""
