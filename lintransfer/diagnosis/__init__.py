"""Which learner to use on a user's own rows, and how many samples each needs."""

from lintransfer.diagnosis.advice import Diagnosis, diagnose

__all__ = ["Diagnosis", "diagnose"]
