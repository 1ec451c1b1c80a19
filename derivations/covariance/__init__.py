"""Ridge regression under any covariance: deterministic equivalents from the leave-one-out self-consistency."""
