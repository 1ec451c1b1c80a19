"""The chain of inequalities from the sample covariance to the risk."""
