"""Training diagonal linear networks on data: knows no theory."""
