"""Implicit results: a bracketed solver for any scalar residual, and the effective regularisation κ solved in bulk."""

from lintransfer.fixedpoint.brackets import bracketed_root
from lintransfer.fixedpoint.condensation import condensed, is_long
from lintransfer.fixedpoint.entries import kind_of_entries, modal_arrays, plain
from lintransfer.fixedpoint.regularization import effective_regularization, isotropic_root
from lintransfer.fixedpoint.resolvents import excess_samples, resolvent_sums, split_count

__all__ = [
    "bracketed_root",
    "condensed",
    "effective_regularization",
    "excess_samples",
    "is_long",
    "isotropic_root",
    "kind_of_entries",
    "modal_arrays",
    "plain",
    "resolvent_sums",
    "split_count",
]
