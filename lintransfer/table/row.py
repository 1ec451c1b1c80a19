"""What one row of the table of theorems says: a result, where it comes from, and how it can be refuted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from lintransfer.table.mutants import Change, in_place_of

KINDS = ("exact", "law", "asymptotic", "bound", "implicit", "identity")
CLAIMS = ("cited", "follows", "not found")
SEARCHED = "2026-11-27"  # when the literature was last searched
NOT_FOUND = f"not found in the literature (searched {SEARCHED})"


@dataclass(frozen=True)
class Limit:
    """A special case: the row's formula(**point) = right(**point) at every point, to relative accuracy `rtol`.

    right: a function of the point, or a constant.  given: arguments of the formula beside the point, which `right` is
    not told.  left: left(formula, **point) stands for formula(**point) where not the value itself is known, but what
    follows from it. It must call the formula that it is handed, so that a mutant can be put in its place.
    """

    text: str
    right: Any
    points: tuple[Mapping[str, Any], ...] = ({},)
    rtol: float = 1e-12
    left: Callable[..., Any] | None = None
    given: Mapping[str, Any] = field(default_factory=dict)

    def sides(self, formula: Callable[..., Any], point: Mapping[str, Any]) -> tuple[Any, Any]:
        """Both sides at a point, with `formula` in the place of the row's."""
        given = partial(formula, **self.given)
        left = given(**point) if self.left is None else self.left(given, **point)
        return left, self.right(**point) if callable(self.right) else self.right


@dataclass(frozen=True)
class Experiment:
    """A simulation that knows no theory, and how its samples are held against the formula.

    draw(rng, replicates, **point) returns, for `compare` equal to
      "mean", "variance": samples (replicates,) whose mean or variance is formula(**point);
      "law":              samples (replicates,) of the law whose ``.cdf`` formula(**point) offers;
      "asymptotic":       as "mean", but a relative bias up to allowance(**point) is granted (it must shrink with size,
                          so points go up in size: d, 2d, 4d);
      "bound":            (values, arguments): formula(**arguments) must be ≥ values, every one;
      "identity":         (values, arguments): formula(**arguments) must equal values to 1e-8 relative.
    `arguments` maps a point to the arguments of the formula, if those differ from the point.
    `resolution` is the largest relative error that may go unseen: a run that cannot see it is INCONCLUSIVE.
    `unit` maps a point to what errors are relative to, for means: by default the formula's own value, and for a
    difference that may vanish (a transferability) the risk that it is a difference of.
    """

    draw: Callable[..., Any]
    points: tuple[Mapping[str, Any], ...]
    compare: str = "mean"
    replicates: int = 20_000
    resolution: float = 0.05
    allowance: Callable[..., float] | None = None
    arguments: Callable[..., Mapping[str, Any]] | None = None
    unit: Callable[..., float] | None = None


@dataclass(frozen=True)
class Mutant:
    """A plausible mistake that some rung must refuse.

    formula: a function of those of the formula's arguments that it names, or a change of the row's own formula, from
    `lintransfer.table.mutants`.
    """

    text: str
    formula: Callable[..., Any] | Change

    def of(self, formula: Callable[..., Any]) -> Callable[..., Any]:
        """The wrong formula, with the arguments of the row's."""
        return self.formula.of(formula) if isinstance(self.formula, Change) else in_place_of(formula, self.formula)


@dataclass(frozen=True)
class Theorem:
    """One result.

    name: as in ``lt.theorem(name)``, lower case with hyphens.  kind: one of `KINDS`.  statement: the formula, one line.
    formula: the function that users call.  domain: where it holds, in words.  slow: a quick run spends still fewer
        points and replicates on it.
    source: where the result comes from, in words.  papers: keys of `lintransfer.papers` that state it.  follows: rows
        of the table, or papers, that it follows from by substitution.  see: papers to compare with: special cases,
        forerunners.  `claim` is read off these.
    covers: what the derivation fixes, if it does not cover the whole domain, as "depth = 2".
    derivation: module under `derivations` that derives it independently, or None if that is still missing.
    box: for the precision rung, argument name -> (low, high) of the declared domain; integers are drawn if both ends
        are ints, log-uniformly if low > 0 and high/low > 100.  sample: instead of box, a function rng -> arguments.
    """

    name: str
    kind: str
    statement: str
    formula: Callable[..., Any]
    source: str
    domain: str
    papers: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    see: tuple[str, ...] = ()
    covers: str = ""
    derivation: str | None = None
    limits: tuple[Limit, ...] = ()
    box: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    sample: Callable[..., Mapping[str, Any]] | None = None
    experiments: tuple[Experiment, ...] = ()
    mutants: tuple[Mutant | Change, ...] = ()
    slow: bool = False

    @property
    def claim(self) -> str:
        """What is claimed of its origin, one of `CLAIMS`: published, a corollary, or not found in the literature."""
        return "cited" if self.papers else "follows" if self.follows else "not found"

    @property
    def proof(self) -> str:
        """The module of the derivation and what it covers, in words."""
        return (self.derivation or "missing") + (f" (covers {self.covers})" if self.covers else "")

    def __str__(self) -> str:
        covers = f"; derivation covers {self.covers}" if self.covers else ""
        return f"{self.name} ({self.kind}): {self.statement}  [{self.source}; {self.domain}{covers}]"
