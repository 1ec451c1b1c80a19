"""Simulation of deep linear networks."""
