"""Which learner to use on a user's own rows, and how many samples each needs."""

from lintransfer.diagnosis.advice import diagnose
from lintransfer.diagnosis.result import Diagnosis

__all__ = ["Diagnosis", "diagnose"]
