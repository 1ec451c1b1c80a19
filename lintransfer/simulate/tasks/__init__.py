"""Simulations of several tasks."""
