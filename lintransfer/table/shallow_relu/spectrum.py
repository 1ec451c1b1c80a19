"""Rows: the spectrum of ReLU kernels on the sphere."""

from __future__ import annotations

from typing import Any

from lintransfer.experiments.shallow_relu.kernels import masses_by_quadrature
from lintransfer.table.mutants import swapped
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.shallow_relu.spectrum import relu_sphere_spectrum, sphere_masses


def _shifted_masses(dim: Any, first: Any, second: Any) -> tuple[Any, ...]:
    return tuple(sphere_masses(dim + 1, 6, (first, second)))


ROWS = (
    Theorem(
        name="relu-sphere-spectrum",
        kind="exact",
        statement="μ_k(K₁) = [k l²_{k−1} + (k+d−2) l²_{k+1}]/(2k+d−2), "
        "μ_k(K₂) = d[(k l_{k−1} + (k+d−2) l_{k+1})/(2k+d−2)]²; given as N_k μ_k",
        formula=relu_sphere_spectrum,
        source="Funk–Hecke; Bach (2017), appendix D.2; cf. the recurrence of Bietti & Mairal (2019)",
        papers=("bach2017", "bietti2019"),
        domain="unit sphere S^{d−1}, d ≥ 2, uniform; degrees 0 to 6 here, any degree in sphere_spectrum",
        derivation="derivations.shallow_relu.spectrum.relu_sphere_spectrum",
        limits=(
            Limit(
                "all degrees sum to K(1)",
                lambda dim, first, second: 0.5 - sphere_masses(dim, 600, (first, second))[7:].sum(),
                grid(dim=[3, 40], first=0, second=1),
                1e-5,
                left=lambda masses, **point: sum(masses(**point)),
            ),
            Limit(
                "degree 1 holds a quarter",
                0.25,
                grid(dim=[3, 10**9], first=1, second=0),
                left=lambda masses, **point: masses(**point)[1],
            ),
        ),
        box={"dim": (2, 10**9), "first": (0.1, 2.0), "second": (0.1, 2.0)},
        experiments=(
            Experiment(
                masses_by_quadrature,
                grid(dim=[3, 5, 12], trained=["first", "second"]),
                compare="identity",
                replicates=1,
            ),
        ),
        mutants=(
            Mutant("one dimension more", _shifted_masses),
            swapped("first", "second"),
        ),
    ),
)
