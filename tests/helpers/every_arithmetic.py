"""One check that a formula gives the same number in every arithmetic it claims to run in."""

import flint
import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import sympy

from lintransfer.precision import contains, enclose, to_fifty_digits, tolerance


def close(value, exact, rtol=None):
    value, exact, rtol = mpmath.mpf(float(value)), mpmath.mpf(exact), tolerance() if rtol is None else rtol
    return value == exact or abs(value - exact) <= rtol * max(abs(exact), mpmath.mpf(10) ** -290)


def assert_same_everywhere(formula, **arguments):
    """Float64 against 50 digits; NumPy, jit and vmap against float64; an arb enclosure; no error on symbols.

    Every argument is a number; floats are moved, ints kept, in the NumPy and vmap grids.
    """
    exact = to_fifty_digits(formula, arguments)
    assert close(formula(**arguments), exact), (formula.__name__, arguments)

    grid = {k: np.array([v, v * 1.01]) if isinstance(v, float) else v for k, v in arguments.items()}
    rows = [{k: v[i] if isinstance(v, np.ndarray) else v for k, v in grid.items()} for i in (0, 1)]
    separately = [float(formula(**row)) for row in rows]
    np.testing.assert_allclose(formula(**grid), separately, rtol=tolerance())

    traced = {k: jnp.asarray(float(v)) for k, v in arguments.items()}
    compiled = jax.jit(lambda a: formula(**a))(traced)
    assert compiled.dtype == jnp.float64 and close(compiled, exact)
    stacked = {k: jnp.asarray([float(row[k]) for row in rows]) for k in arguments}
    np.testing.assert_allclose(jax.vmap(lambda a: formula(**a))(stacked), separately, rtol=tolerance())

    ball = enclose(formula, arguments)
    assert contains(flint.arb(ball), float(exact), 1e-15) and flint.arb(ball).is_finite()

    symbols = {k: sympy.Symbol(k, positive=True) for k in arguments}
    assert isinstance(formula(**symbols), sympy.Basic)


def assert_gradient(formula, wrt, rtol=1e-6, **arguments):
    """jax.grad in each argument named against a central difference at fifty digits, and finite everywhere."""
    names = list(wrt)
    floats = {k: float(v) for k, v in arguments.items()}
    found = jax.grad(lambda x: formula(**{**floats, **dict(zip(names, x, strict=True))}))(
        tuple(floats[name] for name in names)
    )
    for name, slope in zip(names, found, strict=True):
        with mpmath.workdps(50):
            step = mpmath.mpf(10) ** -12 * max(1, abs(floats[name]))
            ends = []
            for sign in (1, -1):
                shifted = {k: mpmath.mpf(v) for k, v in floats.items()}
                shifted[name] += sign * step
                ends.append(formula(**shifted))
            assert close(slope, (ends[0] - ends[1]) / (2 * step), rtol), (name, float(slope))
