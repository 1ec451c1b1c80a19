"""Random calls of every door, as source text, so that whatever fails can be pasted.

Worlds are wider than those of `helpers.worlds`: dimensions up to 10⁹, sizes up to 2⁵³, norms and noises from 1e-12 to 1e12,
cosines next to ±1, spectra of condition 1e14 and of any rank.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

import lintransfer as lt

PRELUDE = "import math, jax, jax.numpy as jnp, numpy as np, lintransfer as lt; from math import inf; from lintransfer.cli import main; P = lt.TransferProblem; G = np.random.default_rng; turned = lambda s, k: (lambda q: (lambda m: (m + m.T) / 2)((q * s) @ q.T))(np.linalg.qr(G(k).standard_normal((len(s), len(s))))[0])"
NAMES: dict[str, Any] = {"lt": lt, "np": np, "math": math, "jax": jax, "jnp": jnp}
exec(PRELUDE, NAMES)

DOORS = {
    "risk": 36, "transferability": 18, "risk_law": 7, "transferability_law": 5, "sample_complexity": 10,
    "phase_diagram": 5, "risk_curve": 4, "route": 4, "fit": 7, "traced": 3, "from_data": 7, "diagnose": 4, "command": 14,
}  # fmt: skip
LARGEST = 2**53


@dataclass(frozen=True)
class Call:
    """One call: `text` can be pasted after PRELUDE. The parts are there for the oracle."""

    door: str
    text: str
    problem: str = ""
    learner: str = ""
    baseline: str = "None"
    sizes: tuple[int, ...] = ()
    method: str = "auto"
    more: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def world(self) -> Any:
        """The problem."""
        return value(self.problem)

    @cached_property
    def who(self) -> Any:
        """The learner."""
        return value(self.learner)

    @cached_property
    def against(self) -> Any:
        """The baseline, or None for the default."""
        return value(self.baseline)


def value(text: str) -> Any:
    """What a text stands for."""
    return eval(text, dict(NAMES))


def call_number(seed: int, index: int) -> Call:
    """The call of this number: always the same."""
    return _Draw(np.random.default_rng([seed, index])).call()


class _Draw:
    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    # ---- numbers

    def pick(self, values: Any, weights: Any = None) -> Any:
        values = list(values)
        p = None if weights is None else np.array(list(weights), float) / sum(weights)
        return values[int(self.rng.choice(len(values), p=p))]

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def seed(self) -> int:
        return int(self.rng.integers(1000))

    def scale(self, zero: float = 0.15) -> float:
        """0, 1, ordinary or extreme."""
        kind = self.pick(["zero", "one", "usual", "wide"], [zero, 0.3, 0.45, 0.1])
        if kind in ("zero", "one"):
            return 0.0 if kind == "zero" else 1.0
        most = 2 if kind == "usual" else 12
        return float(f"{10 ** self.rng.uniform(-most, most):.3g}")

    def overlap(self, dim: int) -> float:
        if dim == 1:
            return self.pick([-1.0, 1.0])
        kind = self.pick(["usual", "end", "near", "any"], [3, 2, 2, 3])
        if kind == "usual":
            return self.pick([0.0, 0.5, 0.8, -0.3])
        if kind == "any":
            return float(round(self.rng.uniform(-1, 1), 4))
        sign = self.pick([1.0, 1.0, -1.0])
        return sign if kind == "end" else sign * (1 - float(f"{10 ** self.rng.uniform(-16, -1):.1g}"))

    def source_size(self, dim: int) -> Any:
        d = min(dim, 10**12)
        return self.pick([None, None, None, 0, 1, d // 2, max(d - 1, 0), d, d + 1, 3 * d + 2, 2**53])

    def sizes(self, dim: int, count: int) -> tuple[int, ...]:
        marks = [
            0,
            0,
            1,
            2,
            3,
            5,
            dim // 3,
            dim // 2,
            dim - 2,
            dim - 1,
            dim,
            dim + 1,
            dim + 2,
            dim + 5,
            2 * dim,
            10 * dim,
        ]
        marks = [min(max(n, 0), LARGEST) for n in marks]
        far = [int(10 ** self.rng.uniform(0, 15.9)) for _ in range(3)] + [LARGEST, LARGEST - 1]
        return tuple(int(self.pick([*marks, *far] if self.chance(0.7) else marks)) for _ in range(count))

    # ---- arrays

    def spectrum(self, dim: int, full_rank: bool = False) -> str:
        kinds = ["flat", "power", "clusters", "random", "near", "huge", "scaled"] + (
            [] if full_rank else ["deficient", "one"]
        )
        kind = self.pick(kinds)
        if kind == "flat":
            return f"np.full({dim}, {self.scale(0) if self.chance(0.3) else self.pick([0.1, 1.0, 4.0])!r})"
        if kind == "power":
            return f"np.arange(1., {dim + 1})**-{self.pick([0.5, 1.0, 1.5, 2.0, 4.0])!r}"
        if kind == "scaled":
            return f"{self.scale(0)!r}*np.arange(1., {dim + 1})**-1.0"
        if kind == "clusters":
            large = int(self.rng.integers(0, dim + 1))
            return f"np.repeat([1.0, {self.pick([0.2, 1e-3, 1e-8])!r}], [{large}, {dim - large}])"
        if kind == "random":
            return f"G({self.seed()}).gamma(1.0, size={dim}) + 1e-2"
        if kind == "near":
            return f"1 + {self.pick([1e-4, 1e-9, 1e-14])!r}*np.arange({dim})"
        if kind == "huge":
            return f"10.0**np.linspace(0, -{self.pick([6, 10, 14])}, {dim})"
        if kind == "one":
            return f"np.r_[1.0, np.zeros({dim - 1})]"
        alive = int(self.rng.integers(1, dim + 1))
        return f"np.r_[1/np.arange(1., {alive + 1}), np.zeros({dim - alive})]"

    def covariance(self, dim: int, full_rank: bool = False) -> str:
        spectrum = self.spectrum(dim, full_rank)
        return f"turned({spectrum}, {self.seed()})" if dim <= 60 and self.chance(0.3) else spectrum

    def teachers(self, dim: int, outputs: int = 1) -> tuple[str, str]:
        shape = f"{dim}" if outputs == 1 else f"({dim}, {outputs})"
        a, b = (f"G({self.seed()}).standard_normal({shape})" for _ in range(2))
        kind = self.pick(
            ["any", "near", "parallel", "opposite", "equal", "none", "small", "zeros"], [6, 1, 1, 1, 1, 0.5, 1, 0.5]
        )
        gap = self.pick([1e-3, 1e-7, 1e-12])
        return {
            "any": (a, b), "near": (a, f"{a} + {gap!r}*{b}"), "parallel": (a, f"1.1*{a}"), "opposite": (a, f"-{a}"),
            "equal": (a, a), "none": (f"0*{a}", b), "small": (f"{self.scale(0)!r}*{a}", f"{self.scale(0)!r}*{b}"),
            "zeros": (a, f"0*{b}"),
        }[kind]  # fmt: skip

    # ---- worlds

    def world(self, kind: str | None = None) -> tuple[str, int]:
        kind = kind or self.pick(
            ["isotropic", "sphere", "subspaces", "teachers", "several", "shifted", "features", "layers"],
            [8, 2, 2, 7, 2, 2, 2, 2],
        )
        if kind == "layers":
            dim = self.pick([2, 3, 10, 20, 60, 10**5])
            k = int(self.rng.integers(1, min(dim, 6) + 1))
            mix = 1.0 if k == dim else 0.0 if k == 1 else self.pick([0.0, 0.3, 1.0])
            norm = self.pick([1.0, 0.3, 7.0, float(f"{10 ** self.rng.uniform(-9, 9):.3g}")])
            return f"P.two_layer({dim}, {k}, {self.overlap(dim)!r}, {mix}, {norm!r}, {self.noise()})", dim
        if kind == "isotropic":
            dim = self.pick([1, 2, 3, 5, 10, 20, 60, 100, 500, 2000, 10**5, 10**9])
            return f"P.isotropic({dim}, {self.overlap(dim)!r}, {self.noise()}{self.norms()}{self.source(dim)})", dim
        if kind == "sphere":
            dim = self.pick([2, 3, 5, 12, 20, 50, 500])
            return f"P.sphere({dim}, {self.overlap(dim)!r}, {self.noise()}{self.norms()}{self.source(dim)})", dim
        if kind == "subspaces":
            dim, r, k = self.pick([6, 8, 20, 300]), int(self.rng.integers(1, 4)), int(self.rng.integers(1, 4))
            cosines = [self.pick([0.0, 0.4, 0.9, 1.0, 1 - 1e-9]) for _ in range(min(r, k))]
            norm = self.scale()
            return f"P.from_subspaces({dim}, {cosines}, {r}, {k}, target_norm={norm!r}, {self.noise()})", dim
        dim = self.pick([1, 2, 3, 5, 8, 20, 50, 200, 2000], [1, 2, 2, 3, 3, 4, 2, 1, 0.3])
        if kind == "teachers":
            source, target = self.teachers(dim)
            given = [source, target, *([self.covariance(dim)] if self.chance(0.85) else []), self.noise()]
            if self.chance(0.3):
                given.append(f"n_source={self.source_size(dim)}, source_noise_std={self.scale(0.4)!r}")
                given += [f"source_covariance={self.covariance(dim, True)}"] if self.chance(0.4) else []
            return f"P.from_teachers({', '.join(given)})", dim
        if kind == "several":
            dim = max(dim, 3)
            source, target = self.teachers(dim, self.pick([2, 3]))
            return f"P.from_teachers({source}, {target}, {self.covariance(dim)}, {self.noise()}{self.source(dim)})", dim
        source, target = self.teachers(dim)
        if kind == "shifted":
            return (
                f"P.from_teachers({source}, {target}, {self.covariance(dim)}, {self.noise()}, "
                f"test_covariance={self.covariance(dim)}{self.source(dim)})"
            ), dim
        r = int(self.rng.integers(1, min(dim, 5) + 1))
        drawn = f"G({self.seed()}).standard_normal(({dim}, {r}))"
        maps = f"np.linalg.qr({drawn})[0]" if self.chance(0.5) else drawn
        return f"P.from_teachers({source}, {target}, {self.covariance(dim)}, {self.noise()}, features={maps})", dim

    def noise(self) -> str:
        return f"noise_std={self.scale(0.35)!r}"

    def norms(self) -> str:
        return f", source_norm={self.scale(0.07)!r}, target_norm={self.scale(0.07)!r}" if self.chance(0.5) else ""

    def source(self, dim: int) -> str:
        if self.chance(0.65):
            return ""
        return f", n_source={self.source_size(dim)}, source_noise_std={self.scale(0.4)!r}"

    # ---- learners

    def ridge(self) -> Any:
        kind = self.pick(["none", "optimal", "usual", "wide", "end", "negative"], [4, 3, 3, 2, 1, 1])
        if kind in ("none", "optimal"):
            return 0.0 if kind == "none" else "optimal"
        if kind == "usual":
            return self.pick([1e-2, 0.3, 1.0, 50.0])
        if kind == "wide":
            return float(f"{10 ** self.rng.uniform(-12, 12):.2g}")
        return math.inf if kind == "end" else -float(f"{10 ** self.rng.uniform(-4, 1):.2g}")

    def learner(self, kind: str | None = None) -> str:
        kind = kind or self.pick(
            ["scratch", "tune", "head", "stopped", "deep", "wide", "narrow"], [4, 6, 5, 3, 5, 2, 0.3]
        )
        if kind in ("scratch", "tune", "head"):
            name = {"scratch": "Scratch", "tune": "FineTune", "head": "LinearTransfer"}[kind]
            return f"lt.{name}(ridge={self.ridge()!r})"
        who = self.pick(["Scratch", "FineTune", "FineTune"])
        if kind == "stopped":
            time = self.pick([0.0, 0.7, 30.0, "optimal", float(f"{10 ** self.rng.uniform(-9, 9):.2g}")])
            return f"lt.{who}(time={time!r}{self.pick(['', '', '', ', ridge=1.0'])})"
        if kind == "deep":
            depth = self.pick([1, 2, 2, 3, 5, 2.5, 30, 10.0**4, math.inf])
            chain = {2: ["", "", ", imbalance=0.5", ", imbalance=-2.0"], 3: ["", "", ", imbalance=(0.3, 0.2)"]}
            return f"lt.{who}(lt.DeepLinear({depth!r}{self.pick(chain.get(depth, ['']))}))"
        layers = self.pick(["first", "second", "both"])
        if kind == "narrow":
            return f"lt.{who}(lt.ShallowReLU(width=8, trained={layers!r}))"
        return f"lt.{who}(lt.ShallowReLU(trained={layers!r}), ridge={self.pick([0.0, 0.0, 0.3, 1e-6, 'optimal'])!r})"

    def layers(self) -> str:
        """What is done to two layers."""
        both = "lt.FineTune(lt.TwoLayerLinear())"
        fresh, timed = "lt.FineTune(lt.TwoLayerLinear(), head='zero')", "lt.FineTune(lt.TwoLayerLinear(), time=0.7)"
        first = f"lt.FirstLayer(ridge={self.ridge()!r})"
        probed = f"lt.ProbeThen({self.pick([both, 'lt.FirstLayer()'])}, time={self.pick([0.0, 0.5, math.inf])!r})"
        head = f"lt.LinearTransfer(ridge={self.pick([0.0, 1.0, 'optimal'])!r}, head='source')"
        return self.pick([both, fresh, timed, first, "lt.FirstLayer(time='optimal')", probed, head])

    def several(self) -> str:
        """What uses the rows of several tasks, or averages."""
        pair = f"({self.scale(0.3)!r}, {self.scale(0.3)!r})"
        ridge, share = (
            self.pick([0.0, 0.0, 1.0, 1e-6, 1e6, "optimal"]),
            self.pick(["optimal", 0.0, 0.5, 1.0, -2.0, 1e6]),
        )
        tuned = f"lt.FineTune(ridge={self.pick([0.0, 0.0, 0.7])!r})"
        weights = self.pick(["'equal'", "'equal'", "'optimal'", pair])
        own = self.pick([0.0, 0.0, "optimal", (0.3, 0.0)])
        return self.pick([
            f"lt.Pool({weights}, ridge={ridge!r})", f"lt.Stack({self.pick([repr('optimal'), pair])}, ridge={own!r})",
            f"lt.WeightAverage({tuned}, {share!r})", f"lt.Soup({tuned}, {self.pick([1, 3, 40])}, {share!r})",
            f"lt.Replay({self.pick([0, 1, 5])})", f"lt.RandomFeatures({self.pick([1, 20, 10**9])}, ridge={self.pick([0.0, 1.0, 1e9])!r})",
        ], [4, 2, 1, 1, 1, 1])  # fmt: skip

    # ---- calls

    def call(self) -> Call:
        door = self.pick(DOORS, DOORS.values())
        if door == "fit":
            return self.fit()
        if door == "traced":
            return self.traced()
        if door in ("from_data", "diagnose"):
            return self.rows(door)
        if door == "command":
            return self.command()
        problem, dim = self.world()
        learner = self.layers() if "two_layer" in problem and self.chance(0.8) else self.learner()
        if self.chance(0.5 if "n_source=" in problem else 0.05):
            learner = self.several()
        if door in ("risk_law", "transferability_law"):
            (n,) = self.sizes(dim, 1)
            learner = self.pick([learner, "lt.Scratch()", "lt.FineTune()", "lt.LinearTransfer()"], [1, 1, 2, 1])
            text = f"lt.{door}({problem}, {learner}, {n})"
            return Call(door, text, problem, learner, sizes=(n,))
        method = self.pick(["auto", "exact", "asymptotic", "bound", "simulate", "designs"], [9, 3, 3, 0.3, 1.3, 0.7])
        if door == "sample_complexity":
            method = self.pick(["auto", "exact", "asymptotic"])
            goal, most = self.goal(problem), self.pick([None, None, 10, 1000])
            limit = "" if most is None else f", n_max={most}"
            text = f"lt.sample_complexity({problem}, {learner}, {goal!r}, method={method!r}{limit})"
            return Call(door, text, problem, learner, method=method, more={"goal": goal, "most": most or LARGEST})
        sizes = self.sizes(dim, int(self.rng.integers(1, 5)))
        method, sizes = self.bearable(problem, learner, method, sizes)
        options = f"method={method!r}" + (", replicates=3" if method in ("auto", "simulate", "designs") else "")
        asked = list(sizes) if len(sizes) > 1 or self.chance(0.5) else sizes[0]
        if door == "phase_diagram":
            name, values = self.axis(dim)
            text = f"lt.phase_diagram({problem}, [{learner}], {sorted(set(sizes))}, {options}, {name}={values!r})"
            return Call(door, text, problem, learner, "None", sizes, method, {"axis": name, "values": values})
        if door == "risk_curve":
            text = f"lt.risk_curve({problem}, [{learner}], {list(sizes)}, {options})"
            return Call(door, text, problem, learner, "None", sizes, method)
        if door == "route":
            return Call(
                door,
                f"lt.route({problem}, {learner}, {list(sizes)}, method={method!r})",
                problem,
                learner,
                "None",
                sizes,
                method,
            )
        if door == "transferability":
            baseline = self.pick(
                ["None", "None", "None", "lt.Scratch()", self.learner("tune"), self.learner("scratch")]
            )
            text = f"lt.transferability({problem}, {learner}, {asked}, {baseline}, {options})"
            return Call(door, text, problem, learner, baseline, sizes, method)
        return Call(door, f"lt.risk({problem}, {learner}, {asked}, {options})", problem, learner, "None", sizes, method)

    def goal(self, problem: str) -> float:
        try:
            m = value(problem).modes
        except lt.LinTransferError:
            return 0.1
        energy = float(np.sum(m.eigenvalue * m.target)) or 1.0
        return float(f"{energy * self.pick([0.0, 1e-6, 0.01, 0.1, 0.3, 0.9, 1.0, 2.0, 100.0]):.6g}")

    def axis(self, dim: int) -> tuple[str, list[Any]]:
        name = self.pick(
            ["overlap", "noise_std", "source_norm", "target_norm", "ridge", "time", "n_source", "depth"],
            [5, 2, 2, 1, 2, 1, 1, 1],
        )
        values = {
            "overlap": [-1.0, 1.0] if dim == 1 else [-1.0, -0.4, 0.0, 0.3, 0.7, 0.99, 1.0],
            "noise_std": [0.0, 1e-9, 0.1, 1.0, 1e6], "source_norm": [0.0, 0.5, 1.0, 3.0], "target_norm": [0.5, 1.0, 3.0],
            "ridge": [0.0, 1e-6, 1.0, 1e6, "optimal"], "time": [0.0, 0.5, 10.0, 1e5], "n_source": [0, 1, 5, 50],
            "depth": [1, 2, 3.5],
        }[name]  # fmt: skip
        count = int(self.rng.integers(1, len(values) + 1))
        return name, [values[i] for i in sorted(self.rng.choice(len(values), count, replace=False))]

    def bearable(self, problem: str, learner: str, method: str, sizes: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
        """Where training sets would be drawn: few and small ones; else formulas alone are asked."""
        if method not in ("auto", "simulate", "designs"):
            return method, sizes
        try:
            world, who = value(problem), value(learner)
        except lt.LinTransferError:
            return method, sizes
        narrow = math.isfinite(getattr(getattr(who, "model", None), "width", math.inf))
        most = 12 if narrow else 60
        if world.dim > most:
            return "asymptotic" if self.chance(0.97) else method, sizes
        few = [min(n, 3 * most) for n in sizes]
        if isinstance(world.n_source, int) and world.n_source > 1000:
            return "asymptotic", sizes
        return method, tuple(few[: 2 if narrow else 4])

    def fit(self) -> Call:
        rows, dim = int(self.pick([0, 1, 2, 5, 8, 20, 60])), int(self.pick([1, 2, 5, 8, 20, 60]))
        outputs = self.pick(["", "", "", ", 2"])
        drawn = f"G({self.seed()}).standard_normal(({rows}, {dim}))"
        scale = self.scale(0)
        X = self.pick([drawn, drawn, f"{scale!r}*{drawn}", f"np.repeat({drawn}[:1], {rows}, 0)", f"{drawn}*10.0**-np.arange({dim})", f"0*{drawn}"], [4, 2, 2, 1, 1, 0.5])  # fmt: skip
        size = f"({rows}{outputs or ','})"
        y = (
            f"{self.scale(0.1)!r}*G({self.seed()}).standard_normal({size})"
            if self.chance(0.3)
            else f"G({self.seed()}).standard_normal({size})"
        )
        source = f"{self.scale(0.1)!r}*G({self.seed()}).standard_normal(({dim}{outputs or ','}))"
        learner = self.learner(self.pick(["scratch", "tune", "head", "stopped", "deep", "wide"], [3, 4, 3, 3, 3, 1]))
        method = self.pick(["auto", "exact", "flow"], [5, 3, 0.4])
        text = f"lt.fit({learner}, {X}, {y}, source={source}, method={method!r})"
        return Call("fit", text, learner=learner, method=method, more={"X": X, "y": y, "source": source})

    def traced(self) -> Call:
        dim, scale = self.pick([2, 5, 20]), self.pick([0.0, 0.3, 1.0])
        learner = self.pick(
            [
                self.learner("tune"),
                self.learner("head"),
                self.learner("scratch"),
                "lt.FineTune(lt.DeepLinear(2))",
                "lt.FineTune(time=2.0)",
            ]
        )
        if self.chance(0.5):
            problem, place = (
                f"P.isotropic({dim}, a, noise_std={scale!r}{self.norms()})",
                self.pick([-1.0, 0.0, 0.3, 0.8, 1.0]),
            )
        else:
            source, target = self.teachers(dim)
            problem = f"P.from_teachers({source}, a*({target}), {self.spectrum(dim)}, noise_std={scale!r})"
            place = self.pick([0.5, 1.0, 2.0])
        method = self.pick(["auto", "exact", "asymptotic"])
        sizes = tuple(self.pick([0, 1, 2, dim // 2, dim - 1, dim, dim + 1, dim + 2, 3 * dim]) for _ in range(3))
        how = self.pick(["jax.jit", "jax.grad"])
        asked = f"lt.risk({problem}, {learner}, np.array({[float(n) for n in sizes]}), method={method!r}).value"
        body = (
            f"{how}(lambda a: jnp.nansum(jnp.asarray({asked})))" if how == "jax.grad" else f"{how}(lambda a: {asked})"
        )
        return Call(
            "traced", f"{body}({place!r})", problem, learner, "None", sizes, method, {"place": place, "how": how}
        )

    # ---- rows of a user, and command lines

    def rows(self, door: str) -> Call:
        """Arrays as they come: few rows, dead, doubled and constant columns, units, rare events, labels without noise."""
        rows, dim = self.pick([9, 10, 12, 20, 60, 200], [0.3, 1, 1, 2, 3, 1]), self.pick([1, 2, 3, 5, 12, 40])
        drawn = f"G({self.seed()}).standard_normal(({rows}, {dim}))"
        column = int(self.rng.integers(dim))
        X = self.pick(
            [
                drawn,
                f"{self.scale(0)!r}*{drawn}",
                f"{drawn}*10.0**G({self.seed()}).uniform(-{self.pick([1, 4, 10])}, 0, {dim})",
                f"{drawn}*(np.arange({dim}) != {column})",
                f"{drawn}[:, [{', '.join(str(int(i)) for i in self.rng.integers(0, dim, dim))}]]",
                f"np.where(np.arange({dim}) == {column}, 1.0, {drawn})",
                f"np.eye({rows}, {dim})*{self.scale(0)!r}",
                f"np.eye({rows})[:, :1]*np.ones({dim})",
                f"np.repeat({drawn}[:2], {rows}, 0)[:{rows}]",
                f"np.round({drawn}).astype(int)",
                f"np.float32({drawn})",
                f"{drawn}@turned(1/np.arange(1., {dim + 1})**2, {self.seed()})",
                f"np.exp(3*{drawn})",
                f"np.ones(({rows}, {dim}))",
            ],
            [6, 2, 4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0.5],
        )
        noise = f"{self.pick([0.0, 1e-9, 0.3, 1.0, 100.0])!r}*G({self.seed()}).standard_normal({rows})"
        target = f"G({self.seed()}).standard_normal({dim})"
        y = self.pick(
            [
                f"X@{target} + {noise}",
                noise,
                f"np.eye({rows})[{int(self.rng.integers(rows))}]",
                f"np.ones({rows})",
                f"np.sign(X@{target} + {noise})",
                f"{self.scale(0)!r}*(X@{target} + {noise})",
                f"np.arange({rows})",
            ],
            [8, 2, 1, 1, 1, 2, 0.5],
        )
        source = self.pick(
            [
                target,
                f"{target} + 0.3*G({self.seed()}).standard_normal({dim})",
                f"{self.scale(0.2)!r}*{target}",
                f"-{target}",
            ]
        )
        more = self.pick(
            ["", f", X_unlabelled=G({self.seed()}).standard_normal(({5 * dim}, {dim}))", ", X_unlabelled=3*X[:1]"],
            [5, 2, 1],
        )
        options = ""
        if door == "diagnose":
            n, error = self.pick([None, 1, 5, dim, rows, 10 * rows, 2**53]), self.pick([None, None, 0.5, 1e-9, 1e9])
            learners = self.pick(
                [
                    "",
                    "",
                    ", learners=[lt.Scratch()]",
                    f", learners=[lt.FineTune(ridge={self.scale()!r}), lt.LinearTransfer()]",
                ]
            )
            options = f", n={n}, error={error}, key={self.seed()}, repeats={self.pick([2, 5])}{learners}"
        verb = "lt.diagnose" if door == "diagnose" else "P.from_data"
        text = f"(lambda X: {verb}(X, {y}, {source}{more}{options}))({X})"
        return Call(door, text, more={"X": X, "y": f"(lambda X: {y})({X})", "source": source, "plain": not more})

    def command(self) -> Call:
        """Words of the documentation in any combination, mostly ones that go together, now and then one that does not."""
        name = self.pick(
            ["curve", "complexity", "diagram", "theorems", "cite", "diagnose", "verify"], [6, 5, 4, 1, 1, 0.5, 0.5]
        )
        words = [name]
        if name in ("theorems", "cite", "verify"):
            known = ["min-norm-risk", "ridge-risk", "no-such-theorem", "deep-mean-risk", ""]
            words += [
                self.pick(known[2:3] if name == "verify" else known)
                for _ in range(self.rng.integers(name == "verify", 3))
            ]
            words += ["--style", self.pick(["text", "bibtex", "apa"])] if name == "cite" and self.chance(0.5) else []
        elif name == "diagnose":
            words += [self.pick(["nowhere.npz", ".", "/dev/null", "/proc/version"])]
        else:
            words += self.described(name)
        words += ["--json"] if self.chance(0.3) else []
        words += self.pick([["--colour"], ["--n"], ["--key", "-1"], ["extra"]]) if self.chance(0.03) else []
        return Call("command", f"main({words!r})", more={"words": words})

    def described(self, name: str) -> list[str]:
        """The options of a command that asks about a problem."""
        dims = [1, 2, 3, 5, 10, 20, 40] if name == "diagram" else [1, 2, 3, 10, 60, 500, 10**5, 10**9]
        dim = self.pick(dims) if self.chance(0.97) else self.pick(["0", "-3", "1e3", "x", ""])
        d = dim if isinstance(dim, int) else 10
        options: list[tuple[str, Any, float]] = [
            ("--overlap", self.overlap(d) if self.chance(0.9) else self.pick([1.5, "nan", "x"]), 1.0 if d == 1 else 0.6),
            ("--noise-std", self.scale(), 0.6), ("--source-norm", self.scale(), 0.3), ("--target-norm", self.scale(), 0.3),
            ("--n-source", self.source_size(d) or 0, 0.2), ("--source-noise-std", self.scale(), 0.15),
            ("--inputs", self.pick(["sphere", "gaussian", "cube"], [6, 2, 0.5]), 0.2),
        ]  # fmt: skip
        sizes = self.sizes(d, int(self.rng.integers(1, 4)))
        listing = self.pick(
            [",".join(map(str, sizes)), f"1:{3 * min(d, 50)}:{self.pick([1, 3, 7])}", "1:5", "1.5", "none"],
            [6, 4, 0.2, 0.2, 0.2],
        )
        if name == "curve":
            methods = ["auto", "exact", "asymptotic", "simulate", "bound", "magic"]
            options += [
                ("--n", listing, 0.9 if d <= 500 else 1.0),
                ("--method", self.pick(methods, [4, 3, 3, 0.5, 0.3, 0.2]), 0.6),
            ]
            options += [("--replicates", self.pick([2, 5, 0], [5, 5, 0.3]), 1.0)]
        elif name == "complexity":
            options += [("--risk", self.pick([self.scale(0.1), 0.1, -1.0, "nan"], [5, 5, 0.3, 0.3]), 0.97)]
        else:
            axis, values = self.axis(d)
            listed = ",".join(str(v) for v in values)
            options += [
                ("--n", ",".join(str(min(n, 4 * d)) for n in sizes), 0.7), ("--axis", f"{axis}={listed}", 0.7),
                ("--replicates", self.pick([2, 3, 1], [5, 5, 0.3]), 1.0), ("--risk", self.scale(0.1), 0.3),
                ("--slices", self.pick(["none", "0.5", "2"], [5, 2, 0.3]), 0.5), ("--baseline", self.named(name), 0.2),
            ]  # fmt: skip
        options += [("--learner", self.named(name), 0.5), ("--learner", self.named(name), 0.3)]
        if name == "diagram" and "depth" in str(options):  # a hundred overlaps of a deep mean take their time
            options = [(key, value, 1.0 if key == "--axis" else share) for key, value, share in options]
        given = [(key, value) for key, value, share in options if self.chance(share)]
        return [word for key, value in [("--dim", dim), *given] for word in (f"{key}={value}",)]

    def named(self, command: str) -> str:
        """A learner as the command line writes it."""
        who = self.pick(["scratch", "fine-tune", "linear-transfer"])
        ridge = f"ridge={self.pick([self.ridge(), 'optimal', 1.0])}"
        options = [[], [], [ridge]]
        if who != "linear-transfer":
            options += [
                ["time=0.7"],
                ["time=optimal"],
                ["depth=2"],
                ["depth=inf"],
                ["depth=2.5"],
                [f"relu={self.pick(['first', 'second', 'both'])}"],
            ]
            options += [["depth=2", ridge], ["relu=third"], ["width=3"], ["magic=1"]] if self.chance(0.1) else []
        if command == "diagram":
            options = [o for o in options if not any(word.startswith(("relu", "time=opt")) for word in o)]
        chosen = options[int(self.rng.integers(len(options)))]
        return f"{who}:{','.join(chosen)}" if chosen else who
