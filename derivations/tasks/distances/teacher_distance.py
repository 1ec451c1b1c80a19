"""Mean squared difference of two teachers' labels, x ~ N(0, Σ), in the eigenbasis of Σ: three modes, by integration."""

import numpy as np
import sympy as sp

eigenvalues = sp.symbols("l1 l2 l3", positive=True)
energies = sp.symbols("e1 e2 e3", positive=True)
ARGUMENTS = {
    "eigenvalues": np.array(eigenvalues, dtype=object), "displacement_energy": np.array(energies, dtype=object),
}  # fmt: skip


def derive() -> sp.Expr:
    z = sp.Symbol("z", real=True)
    weight = sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi)
    first, second = (sp.integrate(z**power * weight, (z, -sp.oo, sp.oo)) for power in (1, 2))
    inputs = sp.symbols("x1 x2 x3")
    label = sum(sp.sqrt(e) * x for e, x in zip(energies, inputs, strict=True))
    square = sp.Poly(sp.expand(label**2), *inputs)
    mean = sp.Integer(0)
    for powers, coefficient in square.terms():
        for power, scale in zip(powers, eigenvalues, strict=True):
            coefficient *= {0: 1, 1: sp.sqrt(scale) * first, 2: scale * second}[power]
        mean += coefficient
    return mean
