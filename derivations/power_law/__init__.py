"""Power-law spectra and energies: sums over modes as Mellin integrals."""
