"""Energy that r orthonormal features leave unexplained of k orthonormal target directions.

Built in coordinates: r = 2 features, k = 3 target directions in d = 5 dimensions, at principal angles φ_1,
φ_2 to the features, the third direction orthogonal to both features. Principal vectors are only a basis of
the target space; the target columns are a rotation of it, here by Euler angles. The residual is projected
and squared, column by column.
"""

import numpy as np
import sympy as sp

first, second = sp.symbols("c1 c2", positive=True)
ARGUMENTS = {"overlap": np.array([first, second], dtype=object), "n_outputs": sp.Integer(3)}
REGIME = (first < 1) & (second < 1)


def derive() -> sp.Expr:
    features = sp.eye(5)[:, :2]
    aligned = sp.zeros(5, 3)
    for column, cosine in enumerate((first, second)):
        aligned[column, column], aligned[column + 2, column] = cosine, sp.sqrt(1 - cosine**2)
    aligned[4, 2] = 1
    alpha, beta = sp.symbols("alpha beta", real=True)
    turn = sp.rot_axis1(alpha) * sp.rot_axis3(beta)
    residual = (sp.eye(5) - features * features.T) * aligned * turn
    return sp.simplify(sum(entry**2 for entry in residual))
