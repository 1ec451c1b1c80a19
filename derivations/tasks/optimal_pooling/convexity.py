r"""R is convex in the shares: the proof, for two groups, by identities that SymPy checks.

With a_k = √q_k = √(d/n_k)c_k, s = 1 − Σa² and, in every coordinate, v = w̄ − θ_t and δ_k = θ_k − θ_t, all affine in c,

    R = Σ_coordinates f + Σ a_k²σ_k²/s,    f(a, v) = v² + Σ a_k²(v − δ_k)²/s.

The second sum is a sum of squares over a positive concave function: convex. Along (b, ν), with u_k = v − δ_k,
β_k = b_k/a_k, q_k = a_k² and β_0 = −Σqβ/s,

    (s/2)f'' = ν² + 4νE + A² + B²,
    A² = Σqu²(β − 2β_0)²,    B² = Σqβ²Σqu²/s,    2E = Σq(β − 2β_0)u + Σqβu.

By Lagrange's identity |Σq(β − 2β_0)u| ≤ √(1−s)A and |Σqβu| ≤ √sB, so 4E² ≤ (√(1−s)A + √sB)² ≤ A² + B², and
f'' ≥ 0 for every ν.
"""

import sympy as sp

GROUPS = 2
A = sp.symbols(f"a1:{GROUPS + 1}", positive=True)
BETA = sp.symbols(f"beta1:{GROUPS + 1}", real=True)
DELTA = sp.symbols(f"delta1:{GROUPS + 1}", real=True)
V, NU, T = sp.symbols("v nu tau", real=True)


def _zero(expression, what):
    if sp.cancel(sp.together(sp.expand(expression))) != 0:
        raise ArithmeticError(f"not an identity: {what}")


def _lagrange(q, x, y):
    """Σqx²·Σqy² − (Σqxy)², as a sum of squares."""
    pairs = [(i, j) for i in range(GROUPS) for j in range(i)]
    return sum(q[i] * q[j] * (x[i] * y[j] - x[j] * y[i]) ** 2 for i, j in pairs)


def prove():
    """Raises `ArithmeticError` if any identity of the proof fails."""
    moved = [a * (1 + T * b) for a, b in zip(A, BETA, strict=True)]
    v = V + T * NU
    f = v**2 + sum(a**2 * (v - d) ** 2 for a, d in zip(moved, DELTA, strict=True)) / (1 - sum(a**2 for a in moved))
    q, u = [a**2 for a in A], [V - d for d in DELTA]
    s = 1 - sum(q)

    def mean(*values):
        return sum(sp.Mul(*parts) for parts in zip(q, *values, strict=True))

    beta0 = -mean(BETA) / s
    tilted = [b - 2 * beta0 for b in BETA]
    a_square = mean([x**2 for x in u], [x**2 for x in tilted])
    b_square = mean([x**2 for x in BETA]) * mean([x**2 for x in u]) / s
    first, second = mean(tilted, u), mean(BETA, u)
    curvature = s / 2 * sp.diff(f, T, 2).subs(T, 0)
    _zero(curvature - (NU**2 + 2 * NU * (first + second) + a_square + b_square), "the curvature along a line")
    products = [x * y for x, y in zip(tilted, u, strict=True)]
    _zero((1 - s) * a_square - first**2 - _lagrange(q, products, [1] * GROUPS), "|first| ≤ √(1−s)A")
    _zero(s * b_square - second**2 - _lagrange(q, BETA, u), "|second| ≤ √sB")
    x, y, r = sp.symbols("x y r", nonnegative=True)
    _zero((x**2 + y**2) - (r * x + sp.sqrt(1 - r**2) * y) ** 2 - (sp.sqrt(1 - r**2) * x - r * y) ** 2, "Cauchy")
