"""Training on a given design, solved along one singular direction."""
