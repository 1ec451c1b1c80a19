"""Experiments on the linear model."""
