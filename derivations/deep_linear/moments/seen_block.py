"""The 2×2 block of a uniform projector P of rank n on a plane, built from three independent variables.

The block is matrix-Beta: its density is proportional to det(P)^{(n−3)/2} det(1 − P)^{(d−n−3)/2} in (P_11, P_12, P_22).
In p = P_11, r = P_22 − P_12²/P_11 (the Schur complement) and z = P_12/√(p(1−p)(1−r)) both determinants factorise,
det P = p r and det(1 − P) = (1 − p)(1 − r)(1 − z²), and so does the density: Beta, Beta and a sphere's coordinate.
"""

import sympy as sp

P, R, Z = sp.symbols("first second angle", positive=True)
ARGUMENTS = {"first": P, "second": R, "angle": Z}
REGIME = (P < 1) & (R < 1) & (Z < 1)


def block():
    """P_12 and P_22 in (p, r, z), from the definitions of r and z."""
    cross, aside = sp.symbols("P12 P22", real=True)
    roots = sp.solve(cross**2 - Z**2 * P * (1 - P) * (1 - R), cross)
    (along,) = [root for root in roots if root.subs({P: 0.5, R: 0.5, Z: 0.5}) > 0]
    (other,) = sp.solve(aside - cross**2 / P - R, aside)
    return along, other.subs(cross, along)


def check_factorisation():
    n, d = sp.symbols("n d", positive=True)
    along, other = block()
    matrix = sp.Matrix([[P, along], [along, other]])
    first, second = sp.factor(matrix.det()), sp.factor((sp.eye(2) - matrix).det())
    if sp.simplify(first - P * R) != 0 or sp.simplify(second - (1 - P) * (1 - R) * (1 - Z**2)) != 0:
        raise ArithmeticError("the determinants do not factorise")
    jacobian = sp.Matrix([P, along, other]).jacobian(sp.Matrix([P, R, Z])).det()
    log_density = (n - 3) / 2 * sp.log(P * R) + (d - n - 3) / 2 * sp.log((1 - P) * (1 - R) * (1 - Z**2))
    wanted = (
        (n / 2 - 1) * sp.log(P)
        + ((d - n) / 2 - 1) * sp.log(1 - P)
        + ((n - 1) / 2 - 1) * sp.log(R)
        + ((d - n) / 2 - 1) * sp.log(1 - R)
        + (d - n - 3) / 2 * sp.log(1 - Z**2)
    )
    left = sp.expand_log(log_density + sp.log(sp.sqrt(sp.factor(jacobian**2))) - wanted, force=True)
    for symbol in (P, R, Z):
        if sp.simplify(sp.diff(left, symbol)) != 0:
            raise ArithmeticError(f"the density does not factorise in {symbol}")


def derive():
    check_factorisation()
    along, other = block()
    return {"along": P, "cross": along, "aside": sp.expand(other)}
