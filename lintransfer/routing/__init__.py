"""The routing table: for each (strategy, model), the theorems that answer, strongest method first.

A later kind of model adds one file like `lintransfer.routing.linear` and one term to each of the two tables.
"""

from __future__ import annotations

from lintransfer.routing import deep_linear, linear, shallow_relu
from lintransfer.routing.route import Route

ROUTES: tuple[Route, ...] = (*linear.RISK, *deep_linear.RISK, *shallow_relu.RISK)
TRANSFER_ROUTES: tuple[Route, ...] = (
    *deep_linear.TRANSFERABILITY, *linear.TRANSFERABILITY, *shallow_relu.TRANSFERABILITY,
)  # fmt: skip
