"""Wide ReLU networks, frozen ReLU features and early alignment, from Gaussian integrals and equations of motion."""
