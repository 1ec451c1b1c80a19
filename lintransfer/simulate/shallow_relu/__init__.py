"""Simulation of shallow ReLU networks."""
