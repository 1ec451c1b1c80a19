r"""Joint moments of a uniform projector in two directions, at every n < d and for every (also complex) power.

P is the projector on a uniform n-dimensional subspace of R^d, Q = 1 − P, and u, v are unit vectors with cosine c. Then

    G(a, b) = E (uᵀQu)^a (vᵀPv)^b = G₁(a, b) ₂F₁(−a, −b; (d−1)/2; 1 − c²),
    G₁(a, b) = B((d−n)/2 + a, n/2 + b)/B((d−n)/2, n/2)   (u = v: vᵀPv is a Beta variable).

1. Fix the subspace and average over pairs (u, v) with that cosine. Laplace's operator of the sphere may be moved from u
   to the mean over pairs, where it acts on c: (1−c²)∂² − (d−1)c∂. On (uᵀQu)^a it is a combination of that power and the
   one below. In powers of x = 1 − c² that is a recurrence, which fixes all coefficients, given those at x = 0.
   (For whole a the mean is a polynomial in x; Carlson's theorem carries the result to other powers.)
2. Powers of uᵀQv besides come from turning u in the plane of (u, v) at fixed v: derivatives in c.
"""

import sympy as sp

N, DIM = sp.symbols("n dim", integer=True, positive=True)
A, B, J, C = sp.symbols("a b j c")


def beta_moment(a, b):
    """E (1−p)^a p^b for p ~ Beta(n/2, (d−n)/2)."""
    top = sp.gamma((DIM - N) / 2 + a) * sp.gamma(N / 2 + b) * sp.gamma(DIM / 2)
    return top / (sp.gamma((DIM - N) / 2) * sp.gamma(N / 2) * sp.gamma(DIM / 2 + a + b))


def laplacian_of_power():
    """Coefficients (below, same) of Δ(uᵀQu)^a = below·(uᵀQu)^(a−1) + same·(uᵀQu)^a on the unit sphere."""
    seen, unseen = sp.symbols("seen unseen", positive=True)  # ‖Pu‖², ‖Qu‖²
    power = (unseen / (seen + unseen)) ** A  # of degree 0, so that Laplace's operator of R^d is that of the sphere
    parts = ((seen, N), (unseen, DIM - N))
    laplacian = sum(4 * r * power.diff(r, 2) + 2 * size * power.diff(r) for r, size in parts)
    reduced = sp.expand(sp.simplify((laplacian / power).subs(seen, 1 - unseen)) * unseen)
    same = reduced.coeff(unseen, 1)
    below = sp.expand(reduced - same * unseen)
    if below.has(unseen):
        raise ArithmeticError("the power is not mapped to itself and the one below")
    return below, same


def check_recurrence():
    """The coefficients of ₂F₁ obey the recurrence that the two forms of Laplace's operator give."""
    x = sp.Symbol("x", positive=True)
    power = (1 - C**2) ** J
    operator = ((1 - C**2) * power.diff(C, 2) - (DIM - 1) * C * power.diff(C)) / power
    reduced = sp.expand(sp.simplify(operator.subs(C, sp.sqrt(1 - x))) * x)
    kept = reduced.coeff(x, 1)
    lowered = sp.expand(reduced - kept * x)  # x^j goes to lowered·x^(j−1) + kept·x^j
    below, same = laplacian_of_power()

    def coefficient(a, j):
        rising = [sp.gamma(j + start) / sp.gamma(start) for start in (-a, -B, (DIM - 1) / 2)]
        return beta_moment(a, B) * rising[0] * rising[1] / (rising[2] * sp.gamma(j + 1))

    def ratio(a, j):
        size = sp.Symbol("size")  # SymPy does not cancel gamma functions of halves of a whole number
        return sp.gammasimp((coefficient(a, j) / coefficient(A, J)).subs(DIM, 2 * size + 1)).subs(size, (DIM - 1) / 2)

    left = lowered.subs(J, J + 1) * ratio(A, J + 1) + kept
    right = below * ratio(A - 1, J) + same
    if sp.simplify(left - right) != 0:
        raise ArithmeticError("₂F₁ does not obey the recurrence")


def check_turns():
    """uᵀQv and the turn of (uᵀQu)^(a+1) (uᵀQv)^i, u = (cos φ, sin φ) and v = (1, 0), for any symmetric Q."""
    angle = sp.Symbol("angle", positive=True)
    p, q, r = sp.symbols("p q r")
    block, v = sp.Matrix([[p, q], [q, r]]), sp.Matrix([1, 0])
    u = sp.Matrix([sp.cos(angle), sp.sin(angle)])
    uu, uv, vv = ((x.T * block * y)[0] for x, y in ((u, u), (u, v), (v, v)))
    turned = sp.sin(angle) * uu.diff(angle), sp.sin(angle) * uv.diff(angle)
    wanted = 2 * (sp.cos(angle) * uu - uv), sp.cos(angle) * uv - vv
    if any(sp.simplify(a - b) != 0 for a, b in zip(turned, wanted, strict=True)):
        raise ArithmeticError("the turns of uᵀQu and uᵀQv")


def turn(expression, cosine):
    """sin φ ∂_φ, with c = cos φ."""
    return -(1 - cosine**2) * sp.diff(expression, cosine)


def moment(order, a, b, cosine):
    """E (uᵀQv)^order (uᵀQu)^a (vᵀPv)^b for order 0, 1 or 2; `cosine` must be a symbol.

    By `check_turns` sin φ ∂_φ (uᵀQu)^(a+1) = 2(a+1)(uᵀQu)^a (c uᵀQu − uᵀQv): its mean gives the first order; the same
    for (uᵀQv)(uᵀQu)^(a+1), with uᵀQv turning into c uᵀQv − vᵀQv and vᵀQv = 1 − vᵀPv, gives the second.
    """
    if order == 0:
        return beta_moment(a, b) * sp.hyper([-a, -b], [(DIM - 1) / 2], 1 - cosine**2)
    above = moment(order - 1, a + 1, b, cosine)
    total = cosine * above - turn(above, cosine) / (2 * (a + 1))
    if order == 1:
        return total
    unseen = moment(0, a + 1, b, cosine) - moment(0, a + 1, b + 1, cosine)
    return total + (cosine * above - unseen) / (2 * (a + 1))


def check():
    check_recurrence()
    check_turns()
