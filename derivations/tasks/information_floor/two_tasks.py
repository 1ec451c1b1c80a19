"""Source and target: prior, posterior and sample sizes per coordinate, d times over, in free precisions of both."""

import sympy as sp

from .posterior import posterior, sample_size

DIM = sp.Symbol("dim", positive=True, integer=True)
OVERLAP = sp.Symbol("overlap", real=True)
S, T = sp.symbols("source_norm target_norm", positive=True)
NOISE, SOURCE_NOISE = sp.symbols("noise_variance source_noise_variance", positive=True)
SOURCE_PRECISION, PRECISION = sp.symbols("source_precision precision", positive=True)
PRIOR = sp.Matrix([[S**2, OVERLAP * S * T], [OVERLAP * S * T, T**2]]) / DIM


def risks():
    """e of source and target."""
    covariance = posterior(PRIOR, [SOURCE_PRECISION, PRECISION])
    return DIM * covariance[0, 0], DIM * covariance[1, 1]


def arguments():
    source, target = risks()
    return {
        "n": sample_size(PRECISION, NOISE, target),
        "n_source": sample_size(SOURCE_PRECISION, SOURCE_NOISE, source),
        "dim": DIM,
        "overlap": OVERLAP,
        "target_norm": T,
        "source_norm": S,
        "noise_variance": NOISE,
        "source_noise_variance": SOURCE_NOISE,
    }
