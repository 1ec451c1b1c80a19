"""Analytic theory of transfer learning in linear models: closed forms, proofs and simulations."""
