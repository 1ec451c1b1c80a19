r"""How much of the source a deep linear network keeps: the retention factor ρ.

Gradient flow of a balanced rank-one network of depth L from the end-to-end vector w0 conserves the null-space part of
the first layer, so that d ln‖Qw‖ = (1 − 1/L) d ln‖w‖ at every time. Where zero loss is reached, the end point is

    w_∞ = m + ρ Q w0,        ρ = (‖w_∞‖/‖w0‖)^{1−1/L},        m = X⁺y,

and x = ‖w_∞‖²/‖w0‖² is the one positive root of x = B + A x^{1−1/L}, with A = ‖Qw0‖²/‖w0‖² (`null_fraction`) and
B = ‖m‖²/‖w0‖² (`fit_ratio`). Depth may be any real number ≥ 1, and inf.
"""

from __future__ import annotations

import math
import sys
from functools import lru_cache
from typing import Any

import numpy as np

from lintransfer.arithmetic import exp, kind_of, log, log1p, maximum, minimum, ratio_where, sqrt, where
from lintransfer.numerics.newton import newton

_LARGEST_EXPONENT = 700  # exp of it is still a double


def norm_ratio_residual(norm_ratio: Any, depth: Any, null_fraction: Any, fit_ratio: Any) -> Any:
    """The equation that `norm_ratio` solves: B + A x^{1−1/L} − x, positive below the root and negative above it.

    >>> norm_ratio_residual(4.0, 2, 0.5, 3.0)
    0.0
    """
    return fit_ratio + null_fraction * norm_ratio ** (1 - 1 / depth) - norm_ratio


def norm_ratio(depth: Any, null_fraction: Any, fit_ratio: Any, row_fraction: Any = None) -> Any:
    r"""Growth of the end-to-end vector, x = ‖w_∞‖²/‖w0‖²: the positive root of x = B + A x^{1−1/L}.

    Newton's method on the logarithm of the equation, which is convex in ln x, from the side where it converges
    monotonically. (Iterating the equation itself is a contraction in ln x with factor 1 − 1/L.) JAX differentiates
    through two last steps only: exact, by the implicit function theorem, up to third derivatives. arb values return a
    ball that is proved to contain the root. SymPy symbols return the closed form for L = 1, 2, ∞, and otherwise a
    function that evaluates numerically.

    depth: L ≥ 1, real, or inf.  null_fraction: A in [0, 1].  fit_ratio: B ≥ 0.  row_fraction: 1 − A = ‖Pw0‖²/‖w0‖², to
    be given where A is so close to 1 that 1 − A would lose digits. All broadcast; the result has their shape.
    Limits: A = 0: B. B = 0: A^L. L = ∞: B/(1 − A), and 1 for A = 1, B = 0 (nothing was learnt). nan outside the domain.
    Source: its row of the table.

    >>> print(f"{norm_ratio(2, 0.5, 3.0):.9f} {norm_ratio(math.inf, 0.5, 3.0):.9f}")
    4.000000000 6.000000000
    """
    given = (depth, null_fraction, fit_ratio, row_fraction)
    if any(isinstance(a, np.ndarray) and a.dtype == object for a in given):
        return np.frompyfunc(norm_ratio, 4, 1)(*given)
    kind = kind_of(*given)
    if kind == "sympy":
        return _symbolic_norm_ratio()(depth, null_fraction, fit_ratio)
    row_fraction = 1 - null_fraction if row_fraction is None else row_fraction
    infinite = infinite_norm_ratio(null_fraction, fit_ratio, row_fraction)
    deep = (depth >= 1) & (depth < math.inf)
    solvable = deep & ((null_fraction > 0) | (fit_ratio > 0)) & (fit_ratio < math.inf)
    inside = (row_fraction >= 0) & (null_fraction >= 0) & (fit_ratio >= 0)
    safe = (where(deep, depth, 2), where(inside, null_fraction, 0), where(inside, row_fraction, 1))
    root = _solve(*safe, where(solvable & inside, fit_ratio, 1))
    root = where(solvable, root, fit_ratio)
    root = where(deep, root, infinite)
    if kind != "jax":  # keeps Fractions exact; JAX's root is right at L = 1 as well, its derivative in L too
        root = where(depth == 1, null_fraction + fit_ratio, root)
    return where(inside & (depth >= 1), root, math.nan)


def retention_factor(depth: Any, null_fraction: Any, fit_ratio: Any, row_fraction: Any = None) -> Any:
    r"""The retention factor ρ = x^{(1−1/L)/2}, x = `norm_ratio`: zero loss is reached at w_∞ = m + ρQw0.

    Arguments as in `norm_ratio`. ρ = 1 for L = 1, and iff A + B = 1 for L > 1; it moves monotonically with L.
    L = 2: ρ² = [A + √(A² + 4B)]/2. L = ∞: ρ = ‖m‖/‖Pw0‖, blind to the norm of the source. ‖w0‖ → ∞ (B → 0):
    ρ = A^{(L−1)/2}.
    Exact for the data at hand, noise included; n < d and Qw0 ≠ 0 guarantee that zero loss is reached.
    Source: its row of the table; absent from (set to 1 in) eqs. 15 and 22 of arXiv 2410.08194.

    >>> print(f"{retention_factor(2, 0.5, 3.0):.9f} {retention_factor(1, 0.5, 3.0):.9f}")
    1.414213562 1.000000000
    """
    ratio = norm_ratio(depth, null_fraction, fit_ratio, row_fraction)
    return ratio ** (retention_exponent(depth, fit_ratio) / 2)


def retention_exponent(depth: Any, like: Any = 1.0) -> Any:
    """1 − 1/L in the arithmetic of `like` (an int depth beside an mpmath value must not be rounded to a double).

    >>> retention_exponent(4)
    0.75
    """
    return 1 - (0 * like + 1) / depth


def infinite_norm_ratio(null_fraction: Any, fit_ratio: Any, row_fraction: Any = None) -> Any:
    """`norm_ratio` at infinite depth, B/(1 − A).

    inf if A = 1 and B > 0 (labels that are not 0, from a source that the data do not see); 1 if A = 1 and B = 0.

    >>> infinite_norm_ratio(0.75, 0.5)
    2.0
    """
    row_fraction = 1 - null_fraction if row_fraction is None else row_fraction
    return ratio_where(row_fraction > 0, fit_ratio, row_fraction, where(fit_ratio > 0, math.inf, 1))


def infinite_retention(null_fraction: Any, fit_ratio: Any, row_fraction: Any = None) -> Any:
    """ρ at infinite depth, √(B/(1 − A)) = ‖m‖/‖Pw0‖.

    >>> print(infinite_retention(0.5, 2.0))
    2.0
    """
    return sqrt(infinite_norm_ratio(null_fraction, fit_ratio, row_fraction))


def two_layer_norm_ratio(null_fraction: Any, fit_ratio: Any) -> Any:
    """`norm_ratio` for L = 2 in closed form, ([A + √(A² + 4B)]/2)².

    >>> print(f"{two_layer_norm_ratio(0.5, 3.0):.9f}")
    4.000000000
    """
    return two_layer_retention(null_fraction, fit_ratio) ** 4


def two_layer_retention(null_fraction: Any, fit_ratio: Any) -> Any:
    """ρ for L = 2 in closed form, √([A + √(A² + 4B)]/2).

    >>> print(f"{two_layer_retention(0.5, 3.0):.9f}")
    1.414213562
    """
    return sqrt((null_fraction + sqrt(null_fraction * null_fraction + 4 * fit_ratio)) / 2)


def deep_retention_correction(depth: Any, null_fraction: Any, fit_ratio: Any) -> Any:
    """First correction at large depth, ρ_L/ρ_∞ ≃ 1 − ln ρ_∞/(L(1 − A)): only L ≫ 1/(1 − A) is deep.

    >>> print(f"{deep_retention_correction(100, 0.5, 2.0):.6f}")
    0.986137
    """
    return 1 - log(infinite_retention(null_fraction, fit_ratio)) / (depth * (1 - null_fraction))


def _newton_step(log_ratio: Any, rate: Any, null_fraction: Any, row_fraction: Any, fit_ratio: Any) -> Any:
    """One Newton step in u = ln x for ln(A + B e^{−(1−1/L)u}) = u/L, `rate` being 1/L."""
    slack = fit_ratio * exp(minimum((rate - 1) * log_ratio, _LARGEST_EXPONENT))
    # 1 − A is kept apart, so that nothing cancels where A is close to 1.
    near = row_fraction < 0.5
    left = where(near, log1p(where(near, slack - row_fraction, 0)), log(where(near, 1, null_fraction + slack)))
    slope = (slack + null_fraction * rate) / (null_fraction + slack)
    return log_ratio + (left - rate * log_ratio) / slope


def _start(depth: Any, null_fraction: Any, row_fraction: Any, fit_ratio: Any) -> Any:
    """ln x to start from, below the root: x lies between A + B (L = 1) and B/(1 − A) (L = ∞), and x ≥ A^L."""
    grows = fit_ratio >= row_fraction
    low = where(grows, null_fraction + fit_ratio, ratio_where(row_fraction > 0, fit_ratio, row_fraction, 1))
    kept = depth * log(where(null_fraction > 0, null_fraction, 1))
    first = log(where(low > 0, low, 1))
    return where(low > 0, where(null_fraction > 0, maximum(first, kept), first), kept)


def _solve(depth: Any, null_fraction: Any, row_fraction: Any, fit_ratio: Any) -> Any:
    def step(u: Any, depth: Any, *fractions: Any) -> Any:
        return _newton_step(u, 1 / depth, *fractions)

    root = exp(newton(step, _start, depth, null_fraction, row_fraction, fit_ratio))
    if kind_of(depth, null_fraction, row_fraction, fit_ratio) != "arb":
        return root
    return _enclose(root.mid(), depth, null_fraction, fit_ratio)


def _enclose(centre: Any, depth: Any, null_fraction: Any, fit_ratio: Any) -> Any:
    """A ball around `centre`, widened until the residual provably changes sign across it."""
    flint = sys.modules["flint"]
    radius = centre * flint.arb(2) ** (8 - flint.ctx.prec)
    while radius < centre:
        low = norm_ratio_residual(centre - radius, depth, null_fraction, fit_ratio)
        high = norm_ratio_residual(centre + radius, depth, null_fraction, fit_ratio)
        if low > 0 and high < 0:
            return flint.arb(centre, radius)
        radius = 2 * radius
    return flint.arb("nan")


@lru_cache(maxsize=1)
def _symbolic_norm_ratio() -> Any:
    sympy = sys.modules["sympy"]

    def evaluate(cls: Any, depth: Any, null_fraction: Any, fit_ratio: Any) -> Any:
        if depth == 1:
            return null_fraction + fit_ratio
        if depth == 2:
            return two_layer_norm_ratio(null_fraction, fit_ratio)
        return fit_ratio / (1 - null_fraction) if depth in (sympy.oo, math.inf) else None

    def evaluate_numerically(self: Any, precision: int) -> Any:
        from mpmath import mp

        with mp.workprec(precision + 10):
            numbers = [a._to_mpmath(precision + 10) for a in self.args]
            return sympy.Float._new(norm_ratio(*numbers)._mpf_, precision)

    body = {"eval": classmethod(evaluate), "_eval_evalf": evaluate_numerically, "is_positive": True}
    return type("norm_ratio", (sympy.Function,), body)
