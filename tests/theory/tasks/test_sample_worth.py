"""Worth of one source sample: never more than the Bayes-optimal one, and every arithmetic."""

from helpers.every_arithmetic import assert_same_everywhere
from hypothesis import given
from hypothesis import strategies as st

from lintransfer.theory.tasks import sample_worth as w

NOISES = {"noise_variance": 0.4, "source_noise_variance": 0.2}


@given(st.floats(0.01, 1), st.floats(0, 1), st.floats(0.01, 3), st.floats(0.01, 3))
def test_no_learner_makes_more_of_a_sample_than_the_posterior(risk, overlap, noise, source_noise):
    """Teachers of length 1; ridge on the pool at its best weight, and with labels scaled by 1/c, which reaches it."""
    best = w.bayes_sample_worth(risk, overlap, 1.0, 1.0, noise, source_noise)
    assert w.weighted_sample_worth(risk, 1.0, 1.0, overlap, noise, source_noise) <= best * (1 + 1e-9)


def test_every_arithmetic():
    assert_same_everywhere(w.pooled_sample_worth, risk=0.3, displacement_energy=0.4, **NOISES)
    energies = {"target_energy": 1.2, "source_energy": 0.9}
    assert_same_everywhere(w.weighted_sample_worth, risk=0.3, cross_energy=0.4, **energies, **NOISES)
    assert_same_everywhere(w.bayes_sample_worth, risk=0.3, overlap=0.4, **energies, **NOISES)
