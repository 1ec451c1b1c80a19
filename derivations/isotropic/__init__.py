"""Minimum-norm and least-squares fits on isotropic Gaussian inputs."""
