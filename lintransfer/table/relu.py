"""Rows: shallow ReLU networks. Kernels and spectra, learning curves, and what lies beyond the kernel regime."""

from __future__ import annotations

from lintransfer.table import relu_curves, relu_dynamics, relu_features, relu_kernels, relu_two_stage

ROWS = (*relu_kernels.ROWS, *relu_curves.ROWS, *relu_two_stage.ROWS, *relu_features.ROWS, *relu_dynamics.ROWS)
