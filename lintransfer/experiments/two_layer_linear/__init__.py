"""Experiments on two-layer linear networks."""
