"""Every public call with every one of its arguments, and values of types that no argument means."""

import fractions
import functools
import inspect
import math
import warnings
from collections import Counter
from datetime import datetime

import jax.numpy as jnp
import numpy as np

import lintransfer as lt


class Strange:
    """An object that can be nothing, not even printed."""

    def __repr__(self):
        raise RuntimeError("no words")


@functools.cache
def worlds():
    """A problem and rows of data, small."""
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((40, 3))
    return lt.TransferProblem.isotropic(10, 0.5, noise_std=0.2), rows, rows @ np.ones(3) + 0.1 * rng.standard_normal(40)


WRONG = {
    "None": lambda: None,
    "numeric text": lambda: "0.1",
    "text": lambda: "two\nlines",
    "bytes": lambda: b"1",
    "complex": lambda: 0.5 + 0j,
    "bool": lambda: True,
    "numpy bool": lambda: np.bool_(True),
    "dict": lambda: {},
    "set": lambda: {1, 2},
    "empty list": lambda: [],
    "list": lambda: [1, 2],
    "list of texts": lambda: ["a", "1"],
    "list with None": lambda: [1.0, None],
    "list of bools": lambda: [1.0, True],
    "ragged": lambda: [[1.0], [1.0, 2.0]],
    "object": Strange,
    "class": lambda: float,
    "function": lambda: len,
    "nan": lambda: math.nan,
    "huge": lambda: 10**400,
    "minus huge": lambda: -(10**5000),
    "list of huge": lambda: [10**400, 1],
    "fraction": lambda: fractions.Fraction(1, 2),
    "numpy text": lambda: np.array("a"),
    "array of texts": lambda: np.array(["1", "2"]),
    "complex array": lambda: np.array([1j, 2.0]),
    "matrix": lambda: np.ones((2, 2)),
    "array of objects": lambda: np.array([Strange(), 1.0], dtype=object),
    "array of bools": lambda: np.array([True, False]),
    "scalar array": lambda: np.array(1.5),
    "masked": lambda: np.ma.masked,
    "masked array": lambda: np.ma.masked_greater([1.0, 2.0, 3.0], 2.5),
    "masked rows": lambda: np.ma.masked_greater(np.arange(120.0).reshape(40, 3), 100),
    "datetime": lambda: np.datetime64("2020"),
    "dates": lambda: np.array(["2020", "2021"], "datetime64[Y]"),
    "timedelta": lambda: np.timedelta64(1, "D"),
    "python date": lambda: datetime(2020, 1, 1),
    "jax array": lambda: jnp.array([1.0, 2.0]),
    "jax complex": lambda: jnp.array(1j),
    "problem": lambda: worlds()[0],
}  # fmt: skip


def calls():
    """Name → (function, arguments that work). Arguments that the signature has and the table lacks stay at their default."""
    p, X, y = worlds()
    P, teachers = lt.TransferProblem, ([1.0, 0, 1], [1.0, 1, 0])
    net, curve = lt.FineTune(lt.DeepLinear(2)), lambda: lt.risk_curve(p, [lt.Scratch()], [5, 20])
    law, pair = lt.risk_law(p, lt.FineTune(), 5), lt.transferability_law(p, lt.FineTune(), 5)
    drawn = lt.risk_law(p, net, 5)
    diagram = lt.phase_diagram(p, [lt.LinearTransfer()], [5, 20], overlap=[0.0, 1.0])
    kernel = lt.fit(lt.Scratch(lt.ShallowReLU()), X[:5], y[:5])
    shaped = P.from_teachers(*teachers, covariance=[3.0, 2, 1])

    def axis(name, learner):
        def on_axis(**values):
            return lt.phase_diagram(p, [learner], [5, 20], **values)

        return on_axis, {name: None}

    axes = (
        "overlap",
        "source_norm",
        "target_norm",
        "noise_std",
        "source_noise_std",
        "source_ridge",
        "n_source",
        "ridge",
        "time",
        "depth",
    )
    return {
        "isotropic": (P.isotropic, {"dim": 10, "overlap": 0.5}),
        "sphere": (P.sphere, {"dim": 10, "overlap": 0.5}),
        "from_subspaces": (P.from_subspaces, {"dim": 10, "overlap": [0.5]}),
        "from_teachers": (P.from_teachers, dict(zip(("source", "target"), teachers, strict=True))),
        "from_data": (P.from_data, {"X": X, "y": y, "source": np.ones(3)}),
        "with_overlap": (p.with_overlap, {"overlap": 0.5}),
        "with_overlap of teachers": (shaped.with_overlap, {"overlap": 0.5}),
        "with_norms": (p.with_norms, {}),
        "with_noise": (p.with_noise, {}),
        "with_source_size": (p.with_source_size, {"n_source": 5}),
        "DeepLinear": (lt.DeepLinear, {"depth": 2}),
        "ShallowReLU": (lt.ShallowReLU, {}),
        "Scratch": (lt.Scratch, {}),
        "FineTune": (lt.FineTune, {}),
        "LinearTransfer": (lt.LinearTransfer, {}),
        "risk": (lt.risk, {"problem": p, "learner": lt.FineTune(), "n": 5}),
        "risk, simulated": (lt.risk, {"problem": p, "learner": lt.FineTune(), "n": 5, "method": "simulate", "replicates": 2}),
        "transferability": (lt.transferability, {"problem": p, "learner": lt.FineTune(), "n": 5}),
        "transferability, simulated": (lt.transferability, {"problem": p, "learner": net, "n": 5, "method": "simulate", "replicates": 2}),
        "route": (lt.route, {"problem": p, "learner": lt.FineTune(), "n": 5}),
        "risk_law": (lt.risk_law, {"problem": p, "learner": lt.FineTune(), "n": 5}),
        "transferability_law": (lt.transferability_law, {"problem": p, "learner": lt.FineTune(), "n": 5}),
        "sample_complexity": (lt.sample_complexity, {"problem": p, "learner": lt.FineTune(), "risk": 0.1}),
        "risk_curve": (lt.risk_curve, {"problem": p, "learners": [lt.FineTune()], "n": [5]}),
        "phase_diagram": (lt.phase_diagram, {"problem": p, "learners": [lt.LinearTransfer()], "n": [5]}),
        **{f"axis {name} of {type(who).__name__}": axis(name, who) for name in axes for who in (lt.FineTune(), lt.LinearTransfer())},
        "fit": (lt.fit, {"learner": lt.FineTune(), "X": X, "y": y, "source": np.ones(3)}),
        "fit, deep": (lt.fit, {"learner": net, "X": X[:2], "y": y[:2], "source": np.ones(3)}),
        "fit, wide": (lt.fit, {"learner": lt.FineTune(lt.ShallowReLU()), "X": X[:5], "y": y[:5], "source": np.ones(3)}),
        "fit, narrow": (lt.fit, {"learner": lt.FineTune(lt.ShallowReLU(64)), "X": X[:2], "y": y[:2], "source": np.ones(3)}),
        "diagnose": (lt.diagnose, {"X": X, "y": y, "source": np.ones(3), "learners": [lt.Scratch()], "repeats": 2}),
        "verify": (lt.verify, {"names": ["untrained-risk"], "quick": True, "workers": 1}),
        "theorem": (lt.theorem, {"name": "min-norm-risk"}),
        "cite": (lambda result, style="text": lt.cite(result, style=style), {"result": "min-norm-risk"}),
        "load": (lt.load, {"path": "nowhere.nc"}),
        "save": (diagram.save, {"path": "/nowhere/x.nc"}),
        "save of a curve": (curve().save, {"path": "/nowhere/x.nc"}),
        **{f"{what}.{name}": (getattr(one, name), {argument: 0.5})
           for what, one in (("law", law), ("paired law", pair), ("drawn law", drawn))
           for name, argument in (("cdf", "x"), ("sf", "x"), ("ppf", "q"))},
        **{f"{what}.rvs": (one.rvs, {"size": 2}) for what, one in (("law", law), ("paired law", pair), ("drawn law", drawn))},
        "kernel": (kernel, {"points": X[:2]}),
    }  # fmt: skip


# What a message may call an argument, beside its own name.
CALLED = {
    "names": ("theorem",), "name": ("theorem",), "result": ("cite takes", "theorem"), "path": ("path", "data file"),
    "X_unlabelled": ("X",), "learners": ("learner", "ridge"), "learner": ("fitting", "needs"), "baseline": ("learner",),
    "method": ("method",), "model": ("model", "time"), "imbalance": ("depth",), "n_features": ("overlap", "dim"),
    "outputs": ("overlap", "dim"), "source": ("target", "start"), "target": ("source",), "dim": ("overlap",),
    "time": ("time",), "X": ("source",),
}  # fmt: skip


def probes():
    """(call, argument, kind of value) for everything that can be asked."""
    for name, (function, given) in calls().items():
        known = [] if name.startswith("axis") else list(inspect.signature(function).parameters.values())
        arguments = list(given) if name.startswith("axis") else [q.name for q in known if q.kind != q.VAR_KEYWORD]
        for argument in arguments:
            for kind in WRONG:
                yield name, argument, kind


def outcome(table, name, argument, kind):
    """("answered" | "refused" | "escaped" | "unclear", what was said)."""
    function, given = table[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            function(**{**given, argument: WRONG[kind]()})
        except lt.LinTransferError as error:
            said = str(error)
            names = (argument, *CALLED.get(argument, ()))
            clear = "\n" not in said and any(word in said for word in names) and len(said) < 400
            return ("refused" if clear else "unclear"), said
        except Exception as error:
            return "escaped", f"{type(error).__name__}: {error}"
    return "answered", ""


if __name__ == "__main__":
    table, count = calls(), Counter()
    for name, argument, kind in probes():
        what, said = outcome(table, name, argument, kind)
        count[what] += 1
        if what in ("escaped", "unclear"):
            print(f"{what}: {name}({argument}={kind}): {' '.join(said.split())[:150]}", flush=True)
    print(dict(count), sum(count.values()))
