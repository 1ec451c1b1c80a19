r"""Bound on the expected risk of kernel regression of a noiseless linear residual, from the kernel alone.

1. The residual δ·x is the linear Taylor part of the kernel: its norm in the space of K is at most B, B² = ‖δ‖²/K'(0)
   (the remaining Taylor coefficients are non-negative).
2. The error g = f − δ·x of the interpolant of least norm is an orthogonal projection of δ·x: it has norm at most B and
   vanishes on the training inputs.
3. Largest error: |g(x)| ≤ B √K(1) on unit inputs.
4. Mean error: E|g| ≤ E sup over the ball of (E|h| − mean of |h| on the sample). Symmetrisation gives a factor 2, the
   contraction h → |h| costs nothing, and the ball of radius B has Rademacher complexity at most B √(trace of the Gram
   matrix)/n = B √(K(1)/n).
5. E g² ≤ (largest error)·(mean error), and also ≤ (largest error)². The two cross at the n solved for below.
"""

import sympy as sp

n = sp.Symbol("n", positive=True)
displacement_energy = sp.Symbol("displacement_energy", positive=True)
ARGUMENTS = {"n": n, "displacement_energy": displacement_energy}


def derive():
    """2‖δ‖² min(1, 2/√n), as one expression with the sample size cut off from below where the two bounds cross."""
    first, second = sp.symbols("alpha omega", positive=True)
    cosine = sp.Symbol("tau", real=True)
    gates = cosine * (sp.pi - sp.acos(cosine)) / (2 * sp.pi)
    kernel = first * gates + second * (gates + sp.sqrt(1 - cosine**2) / (2 * sp.pi))
    diagonal, slope = kernel.subs(cosine, 1), sp.diff(kernel, cosine).subs(cosine, 0)
    largest_square = sp.simplify(diagonal / slope) * displacement_energy

    def mean_over_largest(size):
        return 2 / sp.sqrt(size)

    (crossing,) = sp.solve(sp.Eq(mean_over_largest(n), 1), n)
    return largest_square * mean_over_largest(sp.Max(n, crossing))
