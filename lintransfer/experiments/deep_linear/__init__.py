"""Experiments on deep linear networks."""
