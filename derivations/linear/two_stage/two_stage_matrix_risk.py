"""Two stages with covariances Σ and Σ_S in different bases, d = 2.

The target's bias is a quadratic form M in θ_T − ŵ_S, read off as its second derivatives. Averaged over the source set,

    E‖θ_T − ŵ_S‖²_M = ‖θ_T − θ_S‖²_M + 2(θ_T − θ_S)ᵀM(θ_S − Eŵ_S) + E‖θ_S − ŵ_S‖²_M,

where θ_S − Eŵ_S = λ_S G θ_S and the last term is the risk of the source fit under the test covariance M, which is full
where Σ_S is diagonal (see `shifted_matrix_risk`). Teachers are written in the eigenbasis of Σ_S; Σ is turned against it.
"""

import sympy as sp

from ..covariance_shift.shifted_matrix_risk import (
    LEVELS,
    MOVED,
    NOISE,
    RIDGE,
    bias,
    rotation,
    sample_size,
    turned,
    variance,
)

SOURCE_KAPPA, SOURCE_RIDGE = sp.symbols("kappa_S ridge_S", positive=True)
SOURCE_NOISE = sp.Symbol("source_noise_variance", nonnegative=True)
SOURCE_LEVELS = sp.symbols("eta1:3", positive=True)
SOURCE = sp.Matrix(sp.symbols("s1 s2", real=True))
TARGET = sp.Matrix(sp.symbols("t1 t2", real=True))
TURN, SHARED = (rotation(sp.Symbol(name, real=True)) for name in ("between", "shared"))
_FIT = {"levels": SOURCE_LEVELS, "kappa": SOURCE_KAPPA, "ridge": SOURCE_RIDGE}
ARGUMENTS = {
    "n": sample_size(),
    "n_source": sample_size(**_FIT),
    "covariance": turned(sp.diag(*LEVELS), SHARED * TURN),
    "source": turned(SOURCE, SHARED),
    "target": turned(TARGET, SHARED),
    "noise_variance": NOISE,
    "source_noise_variance": SOURCE_NOISE,
    "ridge": RIDGE,
    "source_ridge": SOURCE_RIDGE,
    "source_covariance": turned(sp.diag(*SOURCE_LEVELS), SHARED),
}


def metric():
    """M where Σ is diagonal, which it is as well."""
    form = bias(tested=sp.diag(*LEVELS))
    return sp.Matrix(2, 2, lambda i, j: sp.factor(sp.diff(form, MOVED[i], MOVED[j]) / 2))


def derive():
    first, second, a, b, c = sp.symbols("M1 M2 M11 M12 M22")
    seen = sp.Matrix([[a, b], [b, c]])
    gap = TARGET - SOURCE
    missing = sp.Matrix(
        [SOURCE_KAPPA / (level + SOURCE_KAPPA) * s for level, s in zip(SOURCE_LEVELS, SOURCE, strict=True)]
    )
    fit = bias(moved=SOURCE, tested=seen, **_FIT) + variance(tested=seen, noise=SOURCE_NOISE, **_FIT)
    whole = (gap.T * seen * (gap + 2 * missing))[0] + fit
    full, found = TURN * sp.diag(first, second) * TURN.T, metric()
    if found[0, 1] != 0:
        raise ArithmeticError("the metric is not diagonal where Σ is")
    whole = whole.subs({a: full[0, 0], b: full[0, 1], c: full[1, 1]}).subs({first: found[0, 0], second: found[1, 1]})
    return whole + variance(tested=sp.diag(*LEVELS))
