"""Simulation of the linear model."""
