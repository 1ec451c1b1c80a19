"""The best multiple of a ridge fit as an anchor, from its mean and its mean square.

ŵ_S = θ_S − λGθ_S + GXᵀξ, E ŵ_S = (1 − λs)θ_S and E‖ŵ_S‖² = s²(1 − 2λs − λ²s') + σ_S²d(s + λs'), with the transform s(λ)
of `stieltjes`; here λ = dσ_S²/‖θ_S‖², and D² = E‖θ_T − αŵ_S‖² is least over α.
"""

import sympy as sp

from ...linear.proportional.stieltjes import DIM, RIDGE, N, transform

SOURCE, TARGET, NOISE = sp.symbols("source_energy target_energy source_noise_variance", positive=True)
CROSS = sp.Symbol("cross_energy", real=True)
COUNT = sp.Symbol("n_source", positive=True, integer=True)
ARGUMENTS = {
    "n_source": COUNT, "dim": DIM, "source_energy": SOURCE, "cross_energy": CROSS, "target_energy": TARGET,
    "source_noise_variance": NOISE,
}  # fmt: skip


def anchor():
    s = transform()
    slope = sp.diff(s, RIDGE)
    learnt = 1 - RIDGE * s
    square = SOURCE * (1 - 2 * RIDGE * s - RIDGE**2 * slope) + NOISE * DIM * (s + RIDGE * slope)
    multiple = CROSS * learnt / square
    distance = TARGET - 2 * multiple * CROSS * learnt + multiple**2 * square
    at = {N: COUNT, RIDGE: DIM * NOISE / SOURCE}
    return {"multiple": multiple.subs(at), "distance": distance.subs(at)}


def derive():
    return anchor()
