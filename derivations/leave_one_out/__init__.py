"""Prediction error at other sample sizes from the one that was measured."""
