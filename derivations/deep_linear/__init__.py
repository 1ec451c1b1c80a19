"""Deep linear networks: conservation laws, the retention factor, its risks, phases and dynamics."""
