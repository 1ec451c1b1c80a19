"""Variance of (w_{t+k} + w_t)/2: two variances and twice one covariance."""

import sympy as sp

from .trajectory import STABLE, WORLD, covariance

lag = sp.Symbol("lag", nonnegative=True, integer=True)
ARGUMENTS, REGIME = WORLD | {"lag": lag}, STABLE


def derive():
    return (2 * covariance(0) + 2 * covariance(lag)) / 4
