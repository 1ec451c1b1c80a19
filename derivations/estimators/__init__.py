"""Derivations: norms, noise and overlap estimated from target data."""
