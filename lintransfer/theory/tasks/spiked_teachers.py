r"""Tasks with many outputs whose teacher has rank one: when it can be told from noise, and what a second task adds.

Inputs are orthonormal, so that training sees M = θuvᵀ plus noise, u and v of length 1, M of n_out × n_in with noise of
variance 1/n_in in every entry, and q = n_out/n_in. Above θ⁴ = q one singular value leaves those of the noise, and its
vectors point at u and v in part; below, nothing can be learnt. Two tasks are stacked along the outputs: with the same
θ and input vectors at cosine o they are two modes θ√(1 ± o) in twice the outputs.
"""

from __future__ import annotations

from typing import Any

from lintransfer.arithmetic import ratio_where, sqrt, where


def spiked_singular_value(signal: Any, aspect: Any) -> Any:
    r"""Largest singular value of a rank-one teacher in noise.

    .. math:: \frac{\sqrt{(1+\theta^2)(q+\theta^2)}}{\theta} \quad (\theta^4 > q), \qquad
        1 + \sqrt q \quad (\theta^4 \le q)

    signal: θ ≥ 0, in units where the noise has variance 1/n_in.  aspect: q = n_out/n_in > 0.  Returns the value.
    Asymptotic in n_in, error O(1/n_in) away from the threshold. Source: Benaych-Georges & Nadakuditi (arXiv 1103.2221).

    >>> float(spiked_singular_value(2.0, 1.0)), float(spiked_singular_value(0.5, 1.0))
    (2.5, 2.0)
    """
    square = signal * signal
    seen = square * square > aspect
    safe = where(seen, square, 1)
    return where(seen, sqrt((1 + safe) * (aspect + safe) / safe), 1 + sqrt(aspect))


def output_overlap(signal: Any, aspect: Any) -> Any:
    r"""Squared cosine of the largest left-singular vector with u, the direction of the outputs.

    .. math:: l = \frac{(\theta^4-q)_+}{\theta^2(\theta^2+q)}

    Arguments as in `spiked_singular_value`. Returns l between 0 and 1.
    Asymptotic in n_in. Source: Benaych-Georges & Nadakuditi (arXiv 1103.2221).

    >>> float(output_overlap(2.0, 1.0)), float(output_overlap(0.5, 1.0))
    (0.75, 0.0)
    """
    square = signal * signal
    seen = square * square > aspect
    return ratio_where(seen, square * square - aspect, square * (square + aspect), 0.0)


def input_overlap(signal: Any, aspect: Any) -> Any:
    r"""Squared cosine of the largest right-singular vector with v, the direction of the inputs.

    .. math:: \varrho = \frac{(\theta^4-q)_+}{\theta^2(\theta^2+1)}

    Arguments as in `spiked_singular_value`. Returns ϱ between 0 and 1: `output_overlap` of the transposed matrix, whose
    signal is θ/√q and whose aspect 1/q.
    Asymptotic in n_in. Source: Benaych-Georges & Nadakuditi (arXiv 1103.2221).

    >>> float(input_overlap(2.0, 1.0)), float(input_overlap(0.5, 1.0))
    (0.75, 0.0)
    """
    square = signal * signal
    seen = square * square > aspect
    return ratio_where(seen, square * square - aspect, square * (square + 1), 0.0)


def rank_one_error(signal: Any, aspect: Any) -> Any:
    r"""Squared error ‖M̂ − θuvᵀ‖² of the largest mode at its best size.

    .. math:: \theta^2(1 - l\varrho), \qquad \theta^2 \text{ for } \theta^4 \le q

    Arguments as in `spiked_singular_value`. Returns the error, which tends to 1 + q as θ → ∞.
    Asymptotic in n_in. Source: Benaych-Georges & Nadakuditi (arXiv 1103.2221), Gavish & Donoho (1405.7511).

    >>> float(rank_one_error(2.0, 1.0)), float(rank_one_error(0.5, 1.0))  # 4(1 − 9/16)
    (1.75, 0.25)
    """
    square = signal * signal
    seen = square * square > aspect
    safe = where(seen, square, 1)
    output = where(seen, square * square - aspect, 0) / (safe * (safe + aspect))
    missed_output = aspect * (safe + 1) / (safe * (safe + aspect))
    missed_input = (safe + aspect) / (safe * (safe + 1))
    return square * where(seen, missed_output + output * missed_input, 1)


def rank_one_transfer(signal: Any, aspect: Any, overlap: Any) -> Any:
    r"""Error of two separate tasks minus that of both together: what the shared input vector is worth.

    .. math:: 2E(\theta, q) - E(\theta\sqrt{1+o}, 2q) - E(\theta\sqrt{1-o}, 2q)

    signal, aspect: θ ≥ 0 and q of each task.  overlap: o, cosine of their input vectors, 0 ≤ o ≤ 1 (the sign is free).
    The outputs are those of each task alone, stacked.  E: `rank_one_error`.
    Returns the transfer: negative at o = 0 if θ⁴ > q, where the second task only adds noise; it changes its sign once
    in o. Asymptotic in n_in. Source: cf. Lampinen & Ganguli (arXiv 1809.10374); its row of the table.

    >>> [round(float(rank_one_transfer(1.3, 0.5, o)), 2) for o in (0.0, 1.0)]
    [-0.55, 0.56]
    """
    modes = [signal * sqrt(1 + overlap), signal * sqrt(1 - overlap)]
    errors = [rank_one_error(mode, 2 * aspect) for mode in modes]
    missed = (2 * rank_one_error(signal, aspect) - errors[0]) - errors[1]
    # Where neither task is seen alone, it is what the modes learn: the same, without a difference of energies.
    learnt = sum(mode * mode * output_overlap(mode, 2 * aspect) * input_overlap(mode, 2 * aspect) for mode in modes)
    return where(signal * signal * signal * signal > aspect, missed, learnt)
