r"""Where gradient flow of a deep linear network ends, given the real design, labels and source weights.

Everything is conditional on X and y, noise included: an end point is an identity, not an average. A design has shape
(…, n, d), labels (…, n), source weights (…, d); leading axes broadcast. m = X⁺y, P = X⁺X, Q = I − P.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from lintransfer.arithmetic import array_namespace
from lintransfer.theory.deep_linear.retention import retention_factor


class EndPointParts(NamedTuple):
    """What a deep end point is made of: w_∞ = fit + ρ · kept.

    fit: m = X⁺y (…, d).  kept: Qw0 (…, d).  null_fraction, row_fraction: A = ‖Qw0‖²/‖w0‖² and 1 − A.  fit_ratio:
    B = ‖m‖²/‖w0‖².
    """

    fit: Any
    kept: Any
    null_fraction: Any
    row_fraction: Any
    fit_ratio: Any


def end_point_parts(design: Any, labels: Any, source: Any) -> EndPointParts:
    """m, Qw0 and the fractions A, 1 − A and B of `lintransfer.theory.deep_linear.retention`. Any rank of the design.

    >>> import numpy as np
    >>> float(end_point_parts(np.eye(1, 2), np.ones(1), np.ones(2)).null_fraction)
    0.5
    """
    xp = array_namespace(design, labels, source)
    inverse = pseudo_inverse(design)
    fit = (inverse @ labels[..., None])[..., 0]
    learnt = (inverse @ (design @ source[..., None]))[..., 0]
    kept = source - learnt
    square = xp.sum(source * source, axis=-1)
    scale = xp.where(square > 0, square, 1.0)
    energies = (xp.sum(v * v, axis=-1) / scale for v in (kept, learnt, fit))
    return EndPointParts(fit, kept, *energies)


def pseudo_inverse(design: Any) -> Any:
    """X⁺ of shape (…, d, n), singular values below rounding taken as 0."""
    xp = array_namespace(design)
    return xp.linalg.pinv(design, rtol=max(design.shape[-2:]) * float(xp.finfo(design.dtype).eps))


def deep_end_point(design: Any, labels: Any, source: Any, depth: Any) -> Any:
    r"""End point of gradient flow from a balanced rank-one network of depth L: w_∞ = m + ρQw0.

    design: (…, n, d).  labels: (…, n).  source: w0 (…, d), the end-to-end vector that training starts from.
    depth: L ≥ 1, real, or inf; with frozen layers, the number of trained layers, if the first is one of them.
    Returns (…, d). L = 1: w0 + X⁺(y − Xw0). Qw0 = 0 (n ≥ d): least squares m, whatever the depth.
    Two starts that train nothing for L > 1 are documented values: w0 = 0 stays 0 (every layer vanishes), and a source
    exactly anti-aligned with the fit, −w0 ∝ Xᵀy ∝ XᵀXw0 (so d = 1 and the wrong sign), ends at the saddle 0.
    Source: its row of the table (the L = 1 case is the min-norm correction of arXiv 2107.01641).

    >>> import numpy as np
    >>> X, y, source = np.eye(1, 2), np.array([2.0]), np.array([1.0, 1.0])
    >>> deep_end_point(X, y, source, 1)
    array([2., 1.])
    """
    xp = array_namespace(design, labels, source)
    parts = end_point_parts(design, labels, source)
    rho = retention_factor(depth, parts.null_fraction, parts.fit_ratio, parts.row_fraction)
    stuck = ends_at_saddle(design, labels, source) & (xp.asarray(depth) > 1)
    end = parts.fit + xp.where(stuck, 1.0, rho)[..., None] * parts.kept
    return xp.where(stuck[..., None], 0.0, end)


def ends_at_saddle(design: Any, labels: Any, source: Any) -> Any:
    """True (…) where a balanced rank-one network of depth L > 1 ends at the saddle w = 0, to within rounding.

    That is w0 = 0, or −w0 ∝ Xᵀy with w0 an eigenvector of XᵀX: the flow then stays on the ray through w0. The curve of
    other starts that reach the saddle has no closed form; like this ray it has probability zero for d ≥ 2.
    """
    xp = array_namespace(design, labels, source)
    pull = (xp.swapaxes(design, -1, -2) @ labels[..., None])[..., 0]
    image = (xp.swapaxes(design, -1, -2) @ (design @ source[..., None]))[..., 0]
    tiny = 64 * design.shape[-1] * float(xp.finfo(design.dtype).eps)

    def norm(v: Any) -> Any:
        return xp.sqrt(xp.sum(v * v, axis=-1))

    size = norm(source)
    unit = source / xp.where(size > 0, size, 1.0)[..., None]
    seen = norm(image) > tiny * xp.sum(design * design, axis=(-1, -2)) * size
    along = xp.sum(image * unit, axis=-1)
    fixed = norm(image - along[..., None] * unit) <= tiny * norm(image)
    opposed = norm(pull + norm(pull)[..., None] * unit) <= tiny * norm(pull)
    return (size == 0) | (seen & fixed & opposed)


def frozen_first_layer_end_point(
    design: Any, labels: Any, source: Any, trained_layers: int, balanced: bool = False
) -> Any:
    r"""First layer frozen: w = a w0 with the least-squares a_LS = (Xw0)·y/‖Xw0‖², or max(a_LS, 0).

    trained_layers: how many of the other layers are trained, 0 or more.  balanced: with two or more trained layers of
    exactly equal norms, the flow for a_LS < 0 ends at the saddle w = 0; the least imbalance, rounding included, escapes
    to a_LS after a time ~ log(1/imbalance). False (the default) is the value after that escape.
    Returns (…, d).

    >>> import numpy as np
    >>> frozen_first_layer_end_point(np.eye(1, 2), np.array([-2.0]), np.ones(2), 2, balanced=True)
    array([0., 0.])
    """
    if trained_layers == 0:
        return source
    xp = array_namespace(design, labels, source)
    feature = (design @ source[..., None])[..., 0]
    energy = xp.sum(feature * feature, axis=-1)
    scale = xp.sum(feature * labels, axis=-1) / xp.where(energy > 0, energy, 1.0)
    scale = xp.where(energy > 0, scale, 1.0)
    if balanced and trained_layers > 1:
        scale = xp.maximum(scale, 0.0)
    return scale[..., None] * source


def tangent_end_point(design: Any, labels: Any, source: Any, gram: Any) -> Any:
    r"""Training in the tangent space: w = w0 + GXᵀ(XGXᵀ)⁺(y − Xw0).

    gram: G (d, d). A full-rank first layer W_1 frozen, with w0 in its range: G = W_1W_1ᵀ. Lazy training of both layers,
    head a: G = ‖a‖²I + W_1W_1ᵀ (output scale → ∞ around the pretrained function; error O(1/scale)). Lazy rank-one
    network of depth L: `lazy_rank_one_gram`. Zero loss needs n ≤ rank G.
    Returns (…, d).

    >>> import numpy as np
    >>> tangent_end_point(np.eye(1, 2), np.array([2.0]), np.ones(2), np.eye(2))
    array([2., 1.])
    """
    xp = array_namespace(design, labels, source, gram)
    moved = gram @ xp.swapaxes(design, -1, -2)
    error = labels - (design @ source[..., None])[..., 0]
    return source + (moved @ (pseudo_inverse(design @ moved) @ error[..., None]))[..., 0]


def lazy_rank_one_gram(source: Any, depth: Any) -> Any:
    """Tangent Gram matrix of a balanced rank-one network, G = I + (L − 1)ŵŵᵀ up to a factor, (…, d, d).

    depth: L ≥ 1, finite. Raises nothing: L = inf is not a matrix and gives nan.

    >>> import numpy as np
    >>> lazy_rank_one_gram(np.array([0.0, 3.0]), 3)
    array([[1., 0.],
           [0., 3.]])
    """
    xp = array_namespace(source)
    square = xp.sum(source * source, axis=-1)[..., None, None]
    spike = source[..., :, None] * source[..., None, :] / square
    return xp.eye(source.shape[-1]) + xp.where(xp.asarray(depth) < math.inf, depth - 1, math.nan) * spike
