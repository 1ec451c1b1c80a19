"""Prediction error at other sample sizes from the one at N rows, at the same effective regularisation."""

from __future__ import annotations

from typing import Any

from lintransfer.arithmetic import ratio_where


def transported(error: Any, df2: Any, rows: Any, n: Any) -> Any:
    r"""Prediction error at n samples from the one at N, at the same effective regularisation κ.

    .. math:: E_n = E_N\,\frac{1 - \mathrm{df}_2/N}{1 - \mathrm{df}_2/n}

    error: E_N = R + σ².  df2: Σ λ_i²/(λ_i+κ)², below N.  rows: N.  n: sample size.  All broadcast.
    Returns E_n, inf for n ≤ df2. The ridges that give this κ are κ(N − df1) and κ(n − df1).
    Deterministic equivalent, any covariance, error O(1/n). Source: its row of the table.

    >>> transported(1.0, df2=5.0, rows=20.0, n=10.0)
    1.5
    """
    return ratio_where(n > df2, error * (1 - df2 / rows), 1 - df2 / n, float("inf"))
