"""Shallow ReLU networks: kernels, spectra, learning curves, bounds, frozen features and early alignment."""

from lintransfer.theory.relu.alignment import (
    alignment_cosine,
    alignment_force,
    alignment_time,
    expected_force,
    extremal_vectors,
    force_fluctuation,
    growth_factor,
    growth_time,
)
from lintransfer.theory.relu.bounds import (
    complexity_term,
    generalization_bound,
    gram_bound,
    gram_quadratic_form,
    largest_complexity,
    leading_bound,
    published_gram_bound,
    published_leading_bound,
    risk_bound,
    sphere_complexity_term,
)
from lintransfer.theory.relu.features import (
    best_head,
    feature_gram,
    feature_loss,
    feature_risk,
    linear_teacher_as_neurons,
    one_neuron_loss,
    residual_leverage,
)
from lintransfer.theory.relu.gaussian import effective_rank, equivalent_ridge, gaussian_risk
from lintransfer.theory.relu.gram import gram_matrix
from lintransfer.theory.relu.half_space import (
    half_space_risk,
    half_space_risk_given_split,
    half_space_training_error,
    large_sample_half_space_risk,
)
from lintransfer.theory.relu.kernels import (
    both_layers_kernel,
    first_layer_kernel,
    first_layer_slope,
    kernel,
    kernel_slope,
    layer_weights,
    second_layer_kernel,
    second_layer_slope,
)
from lintransfer.theory.relu.learning_curves import kernel_risk, linear_energies, sphere_kappa, sphere_risk
from lintransfer.theory.relu.proportional import (
    learning_ratio,
    nonlinearity,
    proportional_risk,
    proportional_sample_complexity,
    sample_complexity_residual,
    slope_at_zero,
    trained_nonlinearity,
)
from lintransfer.theory.relu.spectrum import (
    SphereSpectrum,
    log_sphere_spectrum,
    spectrum_tail,
    sphere_masses,
    sphere_multiplicities,
    sphere_spectrum,
)
from lintransfer.theory.relu.two_stage import (
    critical_overlap,
    critical_overlap_at,
    residual_energies,
    source_noise_energies,
    two_stage_risk,
)

__all__ = [
    "SphereSpectrum", "alignment_cosine", "alignment_force", "alignment_time", "best_head", "both_layers_kernel",
    "complexity_term", "critical_overlap", "critical_overlap_at", "effective_rank", "equivalent_ridge",
    "expected_force", "extremal_vectors", "feature_gram", "feature_loss", "feature_risk", "first_layer_kernel",
    "first_layer_slope", "force_fluctuation", "gaussian_risk", "generalization_bound", "gram_bound", "gram_matrix",
    "gram_quadratic_form", "growth_factor", "growth_time", "half_space_risk", "half_space_risk_given_split",
    "half_space_training_error", "kernel", "kernel_risk", "kernel_slope", "large_sample_half_space_risk",
    "largest_complexity", "layer_weights", "leading_bound", "learning_ratio", "linear_energies",
    "linear_teacher_as_neurons", "log_sphere_spectrum", "nonlinearity", "one_neuron_loss", "proportional_risk",
    "proportional_sample_complexity", "published_gram_bound", "published_leading_bound", "residual_energies",
    "residual_leverage", "risk_bound", "sample_complexity_residual", "second_layer_kernel", "second_layer_slope", "slope_at_zero",
    "source_noise_energies", "spectrum_tail", "sphere_complexity_term", "sphere_kappa", "sphere_masses",
    "sphere_multiplicities", "sphere_risk", "sphere_spectrum", "trained_nonlinearity", "two_stage_risk",
]  # fmt: skip
