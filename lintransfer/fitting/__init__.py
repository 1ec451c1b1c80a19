"""Training on a user's own arrays: where a learner ends up, in closed form or by integrating its gradient flow.

Each family of models has a module here that trains it, under the family's name.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from lintransfer.errors import UnknownNameError, in_one_line
from lintransfer.routing import family_of
from lintransfer.strategies import Learner, LinearTransfer, model_of
from lintransfer.validation import choice, seed

if TYPE_CHECKING:
    from lintransfer.fitting.shallow_relu import NetworkFit
    from lintransfer.fitting.two_layer_linear import TwoLayerFit
    from lintransfer.simulate.shallow_relu.kernel import KernelFit

METHODS = ("auto", "exact", "flow")


def fit(
    learner: Learner, X: Any, y: Any, source: Any = None, method: str = "auto", key: int = 0
) -> np.ndarray | KernelFit | NetworkFit | TwoLayerFit:
    r"""Weights at the end of training a learner on the arrays X, y; for networks of several layers to be asked further, a fit.

    For the linear model: the minimiser of ‖y − Xw‖² + λ‖w − w0‖² (for λ = 0 the one closest to w0), w0 = 0 or the
    source weights; with a stopping time T, the weights :math:`w(T)` of gradient flow on 1/(2n) of that loss. Linear
    transfer returns the weights that its head gives to the inputs: features times head.

    For a deep linear network: the end point m + ρQw0 of gradient flow on all layers, from the rank-one network that
    computes the source, m = X⁺y. With imbalances (width one) the sign of ρ may be left open by what is conserved: the
    flow then decides it, also with method "exact". Documented values: a start on the ray to the saddle (balanced, source
    weights zero or exactly anti-aligned, as on whitened inputs) ends at 0; so does a chain whose largest imbalance is
    shared by two layers, if the flow stalls there; a zero source with negative imbalances ends at m.

    For a shallow ReLU network: a `KernelFit` (infinite width: regression of the residual y − f_S(X) with the arc-cosine
    kernel, f = f_S + K(·, X)(K(X, X) + λ)⁻¹(y − f_S(X))) or a `NetworkFit` (a finite network, drawn with seed `key` and
    trained), both to be called on inputs (n', d). The source is a function of inputs (n', d), linear weights (d,), the
    weights of a network (first (m, d), second (m,), optionally its scale) or what an earlier `fit` returned: a finite
    model goes on training a network, and keeps any other source frozen beside a new one.

    For a two-layer linear network: a `TwoLayerFit` with .head (k,), .features (k, d), .weights (d,) and .motion(inputs), from
    the source (B, v), a tuple; `LinearTransfer` with such a source trains the head alone, `FirstLayer` the features alone,
    and `ProbeThen` a new head first. Both layers have a closed form for one sample, and for one feature whose head keeps
    its sign; else the flow is integrated, also with method "auto".

    For a diagonal linear network (one output): the interpolator of least cost, from scratch or after pretraining on the source
    weights and under a new head, so that no data leave zero.

    X: inputs, (n, d), n ≥ 0.  y: labels, (n,) or (n, k).  source: source weights, (d,) or (d, k); for
    `LinearTransfer` also (d, r), r features, each used at unit norm. Ignored by `Scratch`.
    method: "exact" (closed form), "flow" (the training itself, integrated by an adaptive solver; gradient descent for
    finite ReLU networks), or "auto": the first of the two that there is.

    Returns (d,), or (d, k) for k outputs, NumPy float64.
    Raises `DomainError` if shapes do not match, a number is not finite, or ReLU inputs are zero, parallel (naming the
    rows) or too many for memory, `UnknownNameError` for an unknown learner or
    method, `MissingMethodError` if this learner cannot be trained that way.

    >>> from lintransfer import FineTune, Scratch
    >>> X, y = np.eye(2, 3), np.array([1.0, 2.0])
    >>> fit(Scratch(), X, y)
    array([1., 2., 0.])
    >>> fit(FineTune(), X, y, source=[5.0, 5.0, 5.0])
    array([1., 2., 5.])
    >>> from lintransfer import ShallowReLU
    >>> learnt = fit(FineTune(ShallowReLU()), X, y, source=lambda inputs: inputs @ np.array([5.0, 5.0, 5.0]))
    >>> learnt(X).round(12)
    array([1., 2.])
    """
    if not isinstance(learner, Learner):
        shown = in_one_line(learner)
        raise UnknownNameError(f"learner must be an instance of a strategy, as in Scratch(), got {shown}")
    choice("method", method, METHODS)
    key = seed("key", key)
    name = family_of(model_of(learner)).name
    if isinstance(learner, LinearTransfer) and isinstance(source, tuple):
        name = "two_layer_linear"
    family = import_module(f"lintransfer.fitting.{name}")
    return family.fit_model(learner, X, y, source, method, key)
