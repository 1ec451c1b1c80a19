"""w − θ after one step is (I − aS)(w − θ) + (a/n)Xᵀξ, and E‖Xᵀξ‖² = σ² E tr XᵀX = σ²nd."""

import sympy as sp

from .one_step import a, dim, energy, first_moment, n, noise, second_moment

ARGUMENTS = {"step": a, "n": n, "dim": dim, "start_energy": energy, "noise_variance": noise}


def derive():
    kept = 1 - 2 * a * first_moment() + a**2 * second_moment(n)
    return sp.expand(kept * energy) + a**2 / n**2 * noise * n * dim * first_moment()
