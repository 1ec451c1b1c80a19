"""The routing table: for each (strategy, model), the theorems that give its risk, strongest method first.

A model of a later kind adds one file like `routes_linear` and one line to each of the two tables below.
"""

from __future__ import annotations

from lintransfer import routes_linear
from lintransfer.route import Route

ROUTES: tuple[Route, ...] = routes_linear.RISK
TRANSFER_ROUTES: tuple[Route, ...] = routes_linear.TRANSFERABILITY
