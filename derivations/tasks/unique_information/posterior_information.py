"""U3 in leverage and residual: the divergence of the two posteriors, the second row being the one that is added."""

from .two_samples import NOISE, X, Y, divergence, fitted

_PRECISION, _WEIGHTS = fitted([0, 1])
_X = X[1, :].T
LEVERAGE = (_X.T * _PRECISION.inv() * _X)[0]
ARGUMENTS = {"leverage": LEVERAGE, "residual": Y[1] - (_X.T * _WEIGHTS)[0], "noise_variance": NOISE**2}


def derive():
    return divergence(_PRECISION, _WEIGHTS, *fitted([0]))
