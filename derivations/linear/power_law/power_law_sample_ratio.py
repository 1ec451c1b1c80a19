"""How many times fewer samples fine-tuning needs: the sample complexity at two displacements.

The displacement of scratch is the target itself, that of fine-tuning θ_T − θ_S; mode by mode their energies
are the same power of i, with amplitudes that are squared lengths.
"""

import sympy as sp

from .power_law_kappa import a
from .power_law_risk import C, q
from .power_law_sample_complexity import derive as samples
from .power_law_sample_complexity import epsilon

source, target = sp.symbols("source_energy target_energy", positive=True)
cross = sp.Symbol("cross_energy", real=True)
ARGUMENTS = {"energy_exponent": q, "source_energy": source, "cross_energy": cross, "target_energy": target}
REGIME = sp.And(q > 1, source * target >= cross**2)


def derive() -> sp.Expr:
    x, y = sp.symbols("source target", real=True)
    distance = sp.expand((y - x) ** 2).subs({x**2: source, y**2: target}).subs(x * y, cross)
    exponent = sp.simplify(C * sp.diff(samples(), C) / samples())
    assert not exponent.has(a, epsilon, C)
    return (distance / target) ** exponent
