"""The rungs of the verification ladder, one file each; `lintransfer.verification` climbs them."""
