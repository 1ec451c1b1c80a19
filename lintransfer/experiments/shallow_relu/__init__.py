"""Experiments on shallow ReLU networks."""
