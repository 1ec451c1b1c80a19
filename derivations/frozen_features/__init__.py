"""Derivations: a head trained on frozen features, with and without a ridge."""
