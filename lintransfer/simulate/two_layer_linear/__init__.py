"""Training two-layer linear networks on data: knows no theory."""
