"""Derivations: a source that was itself fitted to finitely many samples."""
