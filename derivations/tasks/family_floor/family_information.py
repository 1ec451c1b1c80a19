r"""I8 for two isotropic tasks: a function of the precisions whose differential is what I-MMSE says.

With snr_k = 1/σ_k², dI/dsnr_k = ½E‖X_k(θ_k − E θ_k)‖² = (n_k/2) e_k/(1 + snr_k e_k): the error on a training input is
the leave-one-out error e_k over 1 + snr_k e_k. The precisions a_k determine e_k and, at fixed n_k, snr_k. A candidate for
I is 0 at a = 0; that its partial derivatives in a_1 and a_2 are the right ones is checked, which makes it I.
"""

import sympy as sp

from .family_floor import ARGUMENTS, DIM, GRAM, NOISES, PRECISIONS, REGIME, risks

__all__ = ["ARGUMENTS", "REGIME", "derive"]


def candidate(gram, dim, sizes, noises, errors):
    """½ d ln det(I + M diag(a)/d) + ½Σ[n_k ln(1 + e_k/σ_k²) − a_k e_k]."""
    volume = (sp.eye(2) + gram / dim * sp.diag(*PRECISIONS)).det()
    parts = [
        n * sp.log(1 + e / noise) - a * e for n, noise, e, a in zip(sizes, noises, errors, PRECISIONS, strict=True)
    ]
    return (dim * sp.log(volume) + sum(parts)) / 2


def defects():
    """Partial derivatives of the candidate minus those of I, at fixed sample sizes, at one exact point of the rest."""
    point = dict(zip([*GRAM], (2, sp.Rational(2, 3), sp.Rational(2, 3), 1), strict=True)) | {DIM: 5}
    gram, errors = GRAM.subs(point), [e.subs(point) for e in risks()]
    sizes = sp.Integer(7), sp.Integer(4)
    noises = [n / a - e for n, a, e in zip(sizes, PRECISIONS, errors, strict=True)]
    value = candidate(gram, 5, sizes, noises, errors)
    told = [
        sum(
            n / 2 * e / (1 + e / noise) * sp.diff(1 / noise, precision)
            for n, noise, e in zip(sizes, noises, errors, strict=True)
        )
        for precision in PRECISIONS
    ]
    return [sp.cancel(sp.together(sp.diff(value, a) - right)) for a, right in zip(PRECISIONS, told, strict=True)]


def derive():
    if defects() != [0, 0]:
        raise ArithmeticError("the candidate's differential is not that of the information")
    return candidate(GRAM, DIM, ARGUMENTS["sizes"], NOISES, risks())
