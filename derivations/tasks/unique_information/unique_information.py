"""U1–U4 for two samples in two dimensions, by fitting again without each of them."""

import sympy as sp

from .two_samples import NOISE, RIDGE, X, Y, divergence, fitted

WIDTH = sp.Symbol("weight_noise_std", positive=True)
TESTED = sp.symbols("t1 t2", positive=True)
ARGUMENTS = {
    "X": X.tolist(), "y": list(Y), "ridge": RIDGE, "noise_std": NOISE, "weight_noise_std": WIDTH,
    "test_covariance": list(TESTED),
}  # fmt: skip


def information_of_label(row):
    """½ ln of the label's variance, teacher and noise, over that of the noise, given the other row."""
    other = fitted([1 - row])[0]
    x = X[row, :].T
    return sp.log(1 + (x.T * other.inv() * x)[0]) / 2


def derive():
    precision, weights = fitted([0, 1])
    found = {
        name: [] for name in (
            "leverage", "residual", "weight_change", "target_change", "weight_information", "target_information",
            "posterior_information", "expected_information",
        )
    }  # fmt: skip
    for row in range(2):
        x, (other, other_weights) = X[row, :].T, fitted([1 - row])
        moved = weights - other_weights
        change, tested = (moved.T * moved)[0], (moved.T * sp.diag(*TESTED) * moved)[0]
        found["leverage"].append((x.T * precision.inv() * x)[0])
        found["residual"].append(Y[row] - (x.T * weights)[0])
        found["weight_change"].append(change)
        found["target_change"].append(tested)
        found["weight_information"].append(change / (2 * WIDTH**2))
        found["target_information"].append(tested / (2 * WIDTH**2))
        found["posterior_information"].append(divergence(precision, weights, other, other_weights))
        found["expected_information"].append(information_of_label(row))
    return found
