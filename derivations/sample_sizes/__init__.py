"""Derivations: how many samples bring a risk down to a given value."""
