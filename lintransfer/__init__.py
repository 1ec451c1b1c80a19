"""lintransfer: analytic theory of transfer learning in linear models.

Describe the world with a `TransferProblem`, say how the target is learnt (`Scratch`, `FineTune`, `LinearTransfer`), and
ask: `risk`, `transferability`, `sample_complexity`, `phase_diagram`, `diagnose`. Every formula is a row of `THEOREMS`,
with its derivation and the simulation that could refute it; `verify` runs them.

Everything is imported on first use, and importing changes no JAX setting.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_PUBLIC = {
    "TransferProblem": "problems",
    "Linear": "models",
    "DeepLinear": "models",
    "ShallowReLU": "models",
    "Scratch": "strategies",
    "FineTune": "strategies",
    "LinearTransfer": "strategies",
    "Estimate": "estimates",
    "risk": "risks",
    "transferability": "risks",
    "methods": "risks",
    "route": "routing.explanation",
    "risk_law": "risk_laws",
    "transferability_law": "risk_laws",
    "SampleComplexity": "complexity",
    "sample_complexity": "complexity",
    "RiskCurve": "curves",
    "risk_curve": "curves",
    "PhaseDiagram": "diagrams",
    "phase_diagram": "diagrams",
    "load": "diagrams",
    "fit": "fitting",
    "Theorem": "table.row",
    "THEOREMS": "theorems",
    "theorem": "theorems",
    "Check": "verification",
    "Report": "verification",
    "verify": "verification",
    "Diagnosis": "diagnosis",
    "diagnose": "diagnosis",
    "cite": "citations",
    "LinTransferError": "errors",
    "DomainError": "errors",
    "UnknownNameError": "errors",
    "MissingMethodError": "errors",
    "DataFileError": "errors",
}

__version__ = "0.1.0"
__all__ = sorted(_PUBLIC)


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'lintransfer' has no attribute {name!r}")
    value = getattr(import_module(f"lintransfer.{_PUBLIC[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
