"""E tr(W + λ)⁻¹ of a real Wishart matrix, exact, from the joint density of its eigenvalues by Pfaffians.

With m = min(n, r) and p = (|n − r| − 1)/2 the eigenvalues x_1 < … < x_m of W = ZᵀZ have a density proportional to
Π_{i<j}(x_j − x_i) Π_i x_i^p e^(−x_i/2). The integral of a Vandermonde determinant over ordered points is a Pfaffian (de
Bruijn): with A_jk = ∫∫_{x<y} (x^j y^k − x^k y^j) w(x) w(y), bordered by ∫ x^j w if m is odd, the mass is Pf A. A weight
w (1 + ε f) instead of w changes log Pf A by ε E Σ f(x_i), which is therefore ½ tr(A⁻¹ B), B the derivative of A. For
f(x) = 1/(x + λ) and whole p all entries are rational in λ but for e^z E₁(z) at z = λ/2 and z = λ. If n < r, r − n
eigenvalues are 0. The sizes below are those with whole p and at most four eigenvalues.
"""

import sympy as sp

n, r = sp.symbols("n n_features", positive=True, integer=True)
ridge = sp.Symbol("ridge", positive=True)
ARGUMENTS = {"n": n, "n_features": r, "ridge": ridge}
SIZES = tuple((m, m + gap) for m in (1, 2, 3, 4) for gap in (1, 3, 5))
REGIME = sp.Or(*(sp.And(sp.Eq(n, a), sp.Eq(r, b)) for m, big in SIZES for a, b in ((m, big), (big, m))))
HALF, ONE = sp.Rational(1, 2), sp.Integer(1)
_x = sp.Symbol("x")


def moment(power: int, rate: sp.Expr, resolved: bool) -> sp.Expr:
    """∫₀^∞ x^power e^(−rate x) dx, or the same over x + λ."""
    if not resolved:
        return sp.factorial(power) / rate ** (power + 1)
    # x^j = (x + λ) Σ_{i<j} x^i (−λ)^(j−1−i) + (−λ)^j
    polynomial = sum((moment(i, rate, False) * (-ridge) ** (power - 1 - i) for i in range(power)), sp.Integer(0))
    return polynomial + (-ridge) ** power * sp.exp(rate * ridge) * sp.expint(1, rate * ridge)


def tail(power: int) -> sp.Poly:
    """The polynomial T of ∫_x^∞ y^power e^(−y/2) dy = T(x) e^(−x/2), by parts."""
    found = sp.Integer(2)
    for k in range(1, power + 1):
        found = 2 * _x**k + 2 * k * found
    return sp.Poly(found, _x)


def ordered(j: int, k: int, at_first: bool, at_second: bool) -> sp.Expr:
    """∫∫_{x<y} x^j y^k e^(−(x+y)/2), over x + λ or y + λ where asked."""
    if at_second:
        whole = moment(j, HALF, False) * moment(k, HALF, True)
        return whole - sum(c * moment(k + i, ONE, True) for (i,), c in tail(j).terms())
    return sum((c * moment(j + i, ONE, at_first) for (i,), c in tail(k).terms()), sp.Integer(0))


def expected_trace(count: int, power: int) -> sp.Expr:
    """E Σ 1/(x_i + λ) over the eigenvalues."""
    size = count + count % 2

    def entry(j: int, k: int, resolved: bool) -> sp.Expr:
        if j == k:
            return sp.Integer(0)
        if max(j, k) == count:
            return (1 if k == count else -1) * moment(power + min(j, k), HALF, resolved)
        a, b = j + power, k + power
        if not resolved:
            return ordered(a, b, False, False) - ordered(b, a, False, False)
        return sum(ordered(a, b, *at) - ordered(b, a, *at) for at in ((True, False), (False, True)))

    mass = sp.Matrix(size, size, lambda j, k: entry(j, k, False))
    change = sp.Matrix(size, size, lambda j, k: entry(j, k, True))
    return sp.expand((mass.inv() * change).trace() / 2)


def traces() -> dict[tuple[int, int], sp.Expr]:
    """E tr(W + λ)⁻¹ over all r dimensions, by (n, r)."""
    found = {}
    for small, big in SIZES:
        trace = expected_trace(small, (big - small - 1) // 2)
        found[big, small], found[small, big] = trace, trace + (big - small) / ridge
    return found


def by_size(values: dict[tuple[int, int], sp.Expr]) -> sp.Expr:
    """One expression in n and r, for the sizes listed."""
    return sp.Piecewise(*((value, sp.Eq(n, a) & sp.Eq(r, b)) for (a, b), value in values.items()))


def derive() -> sp.Expr:
    return by_size(traces())
