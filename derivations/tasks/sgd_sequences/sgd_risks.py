"""Two tasks in two coordinates, one step on the first and two on the second, from w0 = 0."""

import numpy as np
import sympy as sp

from .moments import B, eta, move_origin, step

LEVELS = sp.Matrix(2, 2, sp.symbols("lambda1:5", positive=True))
TEACHERS = sp.Matrix(2, 2, sp.symbols("x1:5", real=True))
NOISES = sp.symbols("v1:3", nonnegative=True)
STEPS = (1, 2)
ARGUMENTS = {
    "steps": np.array(STEPS),
    "eigenvalues": np.array(LEVELS.tolist(), dtype=object),
    "teachers": np.array(TEACHERS.tolist(), dtype=object),
    "noise_variances": np.array(NOISES, dtype=object),
    "step_size": eta,
    "batch": B,
}
REGIME = B >= 1


def derive():
    teachers = [TEACHERS.row(k).T for k in range(2)]
    here = teachers[0]
    mean = -here
    second = mean * mean.T
    history = []

    def record():
        about = [move_origin(second, mean, here - teacher)[0] for teacher in teachers]
        history.append([sum(LEVELS[j, i] * about[j][i, i] for i in range(2)) for j in range(2)])

    record()
    for k in range(2):
        second, mean = move_origin(second, mean, here - teachers[k])
        here = teachers[k]
        for _ in range(STEPS[k]):
            second, mean = step(second, mean, list(LEVELS.row(k)), NOISES[k])
        record()
    return np.array(history, dtype=object)
