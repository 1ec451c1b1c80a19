"""Models: what is trained. Each is a frozen dataclass; `lintransfer.methods()` tells what can be computed for which."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Linear:
    """f(x) = w·x, trained by gradient flow (or solved) on the squared loss."""
