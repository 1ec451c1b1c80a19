"""Settings for every test: 64-bit JAX, no windows, reproducible hypothesis profiles."""

import os

# Tiny matrices on many threads spend their time waiting; set before numpy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import jax
import matplotlib
from hypothesis import HealthCheck, settings

jax.config.update("jax_enable_x64", True)
matplotlib.use("Agg")

collect_ignore = ["benchmarks", "helpers"]  # no tests in them, nor examples in docstrings

_SLOW = [HealthCheck.too_slow]
settings.register_profile("dev", deadline=None, max_examples=25, suppress_health_check=_SLOW)
settings.register_profile("ci", deadline=None, max_examples=25, derandomize=True, suppress_health_check=_SLOW)
settings.register_profile("nightly", deadline=None, max_examples=1000, suppress_health_check=_SLOW)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))
