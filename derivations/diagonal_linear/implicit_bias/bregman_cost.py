"""The cost of moving a product uv: (u, v)' = s(v, u) turns by τ = ∫s; the cost is ∫τ dβ from β_0 to β."""

import sympy as sp

from .interpolation_cost import turned

z, z0, mu = sp.Symbol("weight", real=True), sp.Symbol("start", real=True), sp.Symbol("imbalance", positive=True)
ARGUMENTS = {"weight": z, "start": z0, "imbalance": mu}


def derive() -> sp.Expr:
    u, v, tau, b = sp.symbols("u v tau b", positive=True)
    way = sp.prod(turned(u, v, tau))
    # With β_0 = uv and u² − v² = 2μ: β = β_0 cosh 2τ + ½(u² + v²) sinh 2τ = μ sinh(2τ + asinh(β_0/μ)).
    energy = u**2 + v**2
    assert sp.expand(energy**2 - (u**2 - v**2) ** 2 - 4 * (u * v) ** 2) == 0  # ½(u² + v²) = √(β_0² + μ²)
    assert sp.expand((way - u * v * sp.cosh(2 * tau) - energy / 2 * sp.sinh(2 * tau)).rewrite(sp.exp)) == 0
    start = sp.Symbol("t", real=True)  # asinh(β_0/μ): sinh of a sum
    turned_by = mu * sp.sinh(2 * tau + start) - mu * (
        sp.sinh(start) * sp.cosh(2 * tau) + sp.cosh(start) * sp.sinh(2 * tau)
    )
    assert sp.expand(turned_by.rewrite(sp.exp)) == 0
    turn = (sp.asinh(b / mu) - sp.asinh(z0 / mu)) / 2
    whole = sp.asinh(b / mu) * b - sp.sqrt(b**2 + mu**2)
    assert sp.simplify(sp.diff(whole, b) - sp.asinh(b / mu)) == 0
    primitive = whole / 2 - b * sp.asinh(z0 / mu) / 2
    assert sp.simplify(sp.diff(primitive, b) - turn) == 0
    return primitive.subs(b, z) - primitive.subs(b, z0)
