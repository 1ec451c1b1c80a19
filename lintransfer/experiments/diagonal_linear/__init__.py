"""Experiments on diagonal linear networks."""
