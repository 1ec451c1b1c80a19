"""Derivations: where one learner starts to beat another."""
