"""Derivations: distances between the source and target distributions."""
