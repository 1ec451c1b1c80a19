"""lintransfer: analytic theory of transfer learning in linear models.

Describe the world with a `TransferProblem`, say how the target is learnt (`Scratch`, `FineTune`, `LinearTransfer`), and
ask: `risk`, `transferability`, `sample_complexity`, `phase_diagram`, `diagnose`. Every formula is a row of `THEOREMS`,
with its derivation and the simulation that could refute it; `verify` runs them.

Everything is imported on first use, and importing changes no JAX setting.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what type checkers and editors read, in step with _PUBLIC
    from lintransfer.citations import cite as cite
    from lintransfer.complexity import SampleComplexity as SampleComplexity
    from lintransfer.complexity import sample_complexity as sample_complexity
    from lintransfer.curves import RiskCurve as RiskCurve
    from lintransfer.curves import risk_curve as risk_curve
    from lintransfer.diagnosis import Diagnosis as Diagnosis
    from lintransfer.diagnosis import diagnose as diagnose
    from lintransfer.diagrams import PhaseDiagram as PhaseDiagram
    from lintransfer.diagrams import load as load
    from lintransfer.diagrams import phase_diagram as phase_diagram
    from lintransfer.errors import DataFileError as DataFileError
    from lintransfer.errors import DomainError as DomainError
    from lintransfer.errors import LinTransferError as LinTransferError
    from lintransfer.errors import MissingMethodError as MissingMethodError
    from lintransfer.errors import UnknownNameError as UnknownNameError
    from lintransfer.estimates import Estimate as Estimate
    from lintransfer.fitting import fit as fit
    from lintransfer.floors import bayes_floor as bayes_floor
    from lintransfer.floors import worth as worth
    from lintransfer.models import DeepLinear as DeepLinear
    from lintransfer.models import DiagonalLinear as DiagonalLinear
    from lintransfer.models import Linear as Linear
    from lintransfer.models import ShallowReLU as ShallowReLU
    from lintransfer.models import TwoLayerLinear as TwoLayerLinear
    from lintransfer.problems import TransferProblem as TransferProblem
    from lintransfer.risk_laws import risk_law as risk_law
    from lintransfer.risk_laws import transferability_law as transferability_law
    from lintransfer.risks import methods as methods
    from lintransfer.risks import risk as risk
    from lintransfer.risks import transferability as transferability
    from lintransfer.routing.explanation import route as route
    from lintransfer.sequences import SequenceRisk as SequenceRisk
    from lintransfer.sequences import risk_sequence as risk_sequence
    from lintransfer.strategies import FineTune as FineTune
    from lintransfer.strategies import FirstLayer as FirstLayer
    from lintransfer.strategies import LinearTransfer as LinearTransfer
    from lintransfer.strategies import Pool as Pool
    from lintransfer.strategies import ProbeThen as ProbeThen
    from lintransfer.strategies import RandomFeatures as RandomFeatures
    from lintransfer.strategies import Replay as Replay
    from lintransfer.strategies import Scratch as Scratch
    from lintransfer.strategies import Soup as Soup
    from lintransfer.strategies import Stack as Stack
    from lintransfer.strategies import WeightAverage as WeightAverage
    from lintransfer.table.row import Theorem as Theorem
    from lintransfer.task_families import TaskFamily as TaskFamily
    from lintransfer.theorems import THEOREMS as THEOREMS
    from lintransfer.theorems import theorem as theorem
    from lintransfer.theory.tasks.unique_information import unique_information as unique_information
    from lintransfer.verification import Check as Check
    from lintransfer.verification import Report as Report
    from lintransfer.verification import verify as verify

_PUBLIC = {
    "TransferProblem": "problems",
    "TaskFamily": "task_families",
    "Linear": "models",
    "DeepLinear": "models",
    "ShallowReLU": "models",
    "TwoLayerLinear": "models",
    "DiagonalLinear": "models",
    "Scratch": "strategies",
    "FineTune": "strategies",
    "LinearTransfer": "strategies",
    "FirstLayer": "strategies",
    "ProbeThen": "strategies",
    "Pool": "strategies",
    "Stack": "strategies",
    "WeightAverage": "strategies",
    "Soup": "strategies",
    "Replay": "strategies",
    "RandomFeatures": "strategies",
    "Estimate": "estimates",
    "risk": "risks",
    "transferability": "risks",
    "methods": "risks",
    "route": "routing.explanation",
    "SequenceRisk": "sequences",
    "risk_sequence": "sequences",
    "bayes_floor": "floors",
    "worth": "floors",
    "unique_information": "theory.tasks.unique_information",
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


if not TYPE_CHECKING:  # for type checkers, a name that is not listed above is a mistake

    def __getattr__(name: str) -> Any:
        if name not in _PUBLIC:
            raise AttributeError(f"module 'lintransfer' has no attribute {name!r}")
        value = getattr(import_module(f"lintransfer.{_PUBLIC[name]}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
