"""Experiments on tasks, whatever the model."""
