"""Least-squares head on features XB for any training covariance Σ, tested under Σ', n ≥ r + 2.

The best head a* leaves a residual e that is uncorrelated with the features under Σ, hence, being Gaussian,
independent of them: noise of variance v = σ² + u. Whiten the features, Z = GF^½ with F = BᵀΣB. The error of
the head, (ZᵀZ)⁻¹Zᵀe, has covariance v F^(−½) E(GᵀG)⁻¹ F^(−½), and E(GᵀG)⁻¹ is a multiple of I, by rotation,
with known trace. Under the test covariance the risk is the misfit ‖Ba* − θ_T‖²_Σ' plus the trace of that
covariance against BᵀΣ'B; the cross term vanishes since the error has mean zero.

The trace is taken here for r = 2 and general symbolic matrices, where it must come out as multiple ×
spread, with spread = tr[BᵀΣ'B F⁻¹].
"""

import sympy as sp

from ..frozen_features.inverse_chi_square import inverse_gram_trace

n, r = sp.symbols("n n_features", positive=True, integer=True)
misfit, spread, u, noise = sp.symbols("misfit spread unexplained noise_variance", positive=True)
ARGUMENTS = {
    "n": n, "n_features": r, "misfit": misfit, "spread": spread, "unexplained": u, "noise_variance": noise,
}  # fmt: skip
REGIME = n >= r + 2


def derive() -> sp.Expr:
    multiple = sp.Symbol("multiple")
    large, small, angle = sp.symbols("f1 f2 angle", positive=True)
    turn = sp.rot_axis3(angle)[:2, :2]
    inverse_root = turn * sp.diag(1 / sp.sqrt(large), 1 / sp.sqrt(small)) * turn.T
    inverse = turn * sp.diag(1 / large, 1 / small) * turn.T
    a, b, c = sp.symbols("a b c")
    tested = sp.Matrix([[a, b], [b, c]])
    ratio = sp.simplify((tested * inverse_root * multiple * inverse_root).trace() / (tested * inverse).trace())
    (value,) = sp.solve(sp.Eq(multiple * r, inverse_gram_trace(rows=n, columns=r)), multiple)
    return misfit + (noise + u) * spread * ratio.subs(multiple, value)
