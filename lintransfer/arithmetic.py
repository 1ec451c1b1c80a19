"""Elementary functions that follow the type of their argument.

A formula in `lintransfer.theory` is written once, with ``+ - * / **`` and the functions of this module, and then
runs on Python floats and `fractions.Fraction`, NumPy arrays (object arrays too), traced JAX arrays, SymPy symbols,
mpmath numbers and python-flint balls. SymPy, mpmath and flint are looked for only among modules that are already
imported: a value of theirs cannot exist before that.

Two rules keep this sound. A formula has no ``if`` on values: each regime is its own function, and a wrapper selects
with `where`. Where a branch that is not selected would divide by zero, use `ratio_where`.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import scipy.special

_PLAIN = frozenset((np.ndarray, float, int, bool, np.float64, np.bool_, np.int64))  # by far the commonest: no search


def kind_of(*values: Any) -> str:
    """The arithmetic in which an expression of these values runs: jax, sympy, mpmath, arb or numpy."""
    if _PLAIN.issuperset(map(type, values)):
        return "numpy"
    for value in values:
        if isinstance(value, jax.Array):
            return "jax"
    for name, classes in (("sympy", ("Basic",)), ("mpmath", ("mpf", "mpc")), ("flint", ("arb",))):
        module = sys.modules.get(name)
        if module is not None:
            types = tuple(getattr(module, c) for c in classes if hasattr(module, c))
            if types and any(isinstance(value, types) for value in values):
                return "arb" if name == "flint" else name
    return "numpy"


def array_namespace(*values: Any) -> Any:
    """`jax.numpy` if any value is a JAX array (tracers included), else `numpy`."""
    return jnp if kind_of(*values) == "jax" else np


def _is_object_array(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype == object


def _exact_sqrt(value: Fraction) -> Fraction | float:
    top, bottom = math.isqrt(max(value.numerator, 0)), math.isqrt(value.denominator)
    if top * top == value.numerator and bottom * bottom == value.denominator:
        return Fraction(top, bottom)
    return math.sqrt(value)


def _elementary(
    name: str,
    on_numpy: Any,
    on_jax: Any,
    sympy_name: str | None = None,
    mpmath_name: str | None = None,
    arb_name: str | None = None,
) -> Callable[[Any], Any]:
    def function(x: Any) -> Any:
        if _is_object_array(x):
            return np.frompyfunc(function, 1, 1)(x)
        kind = kind_of(x)
        if kind == "jax":
            return on_jax(x)
        if kind == "sympy":
            return getattr(sys.modules["sympy"], sympy_name or name)(x)
        if kind == "mpmath":
            return getattr(sys.modules["mpmath"], mpmath_name or name)(x)
        if kind == "arb":
            return getattr(x, arb_name or name)()
        if isinstance(x, Fraction):
            return _exact_sqrt(x) if name == "sqrt" else on_numpy(float(x))
        return on_numpy(float(x) if type(x) is int else x)  # NumPy does not take integers beyond 64 bits

    function.__name__ = function.__qualname__ = name
    function.__doc__ = (
        f"{name} of a float, Fraction, NumPy, JAX, SymPy, mpmath or arb value, in that value's own arithmetic."
    )
    return function


sqrt = _elementary("sqrt", np.sqrt, jnp.sqrt)
exp = _elementary("exp", np.exp, jnp.exp)
log = _elementary("log", np.log, jnp.log)
sin = _elementary("sin", np.sin, jnp.sin)
cos = _elementary("cos", np.cos, jnp.cos)
sinh = _elementary("sinh", np.sinh, jnp.sinh)
cosh = _elementary("cosh", np.cosh, jnp.cosh)
tanh = _elementary("tanh", np.tanh, jnp.tanh)
asinh = _elementary("asinh", np.arcsinh, jnp.arcsinh)
acosh = _elementary("acosh", np.arccosh, jnp.arccosh)
atanh = _elementary("atanh", np.arctanh, jnp.arctanh)
arccos = _elementary("arccos", np.arccos, jnp.arccos, "acos", "acos", "acos")
arctan = _elementary("arctan", np.arctan, jnp.arctan, "atan", "atan", "atan")
gammaln = _elementary("gammaln", scipy.special.gammaln, jax.scipy.special.gammaln, "loggamma", "loggamma", "lgamma")
gamma = _elementary("gamma", scipy.special.gamma, jax.scipy.special.gamma)
absolute = _elementary("absolute", np.abs, jnp.abs, "Abs", "fabs", "__abs__")


def log1p(x: Any) -> Any:
    """log(1 + x), without cancellation near 0 where the arithmetic is floating."""
    kind = kind_of(x)
    if _is_object_array(x):
        return np.frompyfunc(log1p, 1, 1)(x)
    if kind == "jax":
        return jnp.log1p(x)
    if kind == "mpmath":
        return sys.modules["mpmath"].log1p(x)
    if kind == "arb":
        return x.log1p()
    return log(1 + x) if kind == "sympy" else np.log1p(float(x) if isinstance(x, Fraction) else x)


def expm1(x: Any) -> Any:
    """exp(x) − 1, without cancellation near 0 where the arithmetic is floating."""
    kind = kind_of(x)
    if _is_object_array(x):
        return np.frompyfunc(expm1, 1, 1)(x)
    if kind == "jax":
        return jnp.expm1(x)
    if kind == "mpmath":
        return sys.modules["mpmath"].expm1(x)
    if kind == "arb":
        return x.expm1()
    return exp(x) - 1 if kind == "sympy" else np.expm1(float(x) if isinstance(x, Fraction) else x)


def where(condition: Any, chosen: Any, otherwise: Any) -> Any:
    """`chosen` where the condition holds, `otherwise` elsewhere; `Piecewise` on symbols."""
    if type(condition) is np.ndarray and type(chosen) in _PLAIN and type(otherwise) in _PLAIN:
        return np.where(condition, chosen, otherwise)
    kind = kind_of(condition, chosen, otherwise)
    if kind == "jax":
        return jnp.where(condition, chosen, otherwise)
    if isinstance(condition, bool | np.bool_):
        if np.ndim(chosen) == np.ndim(otherwise) == 0:
            return chosen if condition else otherwise
    elif kind == "sympy":
        sympy = sys.modules["sympy"]
        if not isinstance(condition, np.ndarray):
            return sympy.Piecewise((chosen, condition), (otherwise, True))
    return np.where(condition, chosen, otherwise)


def ratio_where(condition: Any, numerator: Any, denominator: Any, otherwise: Any) -> Any:
    """numerator/denominator where the condition holds, `otherwise` elsewhere, with no division by zero (nor nan
    gradient) where it does not."""
    return where(condition, numerator / where(condition, denominator, 1), otherwise)


def maximum(a: Any, b: Any) -> Any:
    """The larger of two values, elementwise."""
    if _is_object_array(a) or _is_object_array(b):
        return np.frompyfunc(maximum, 2, 1)(a, b)
    kind = kind_of(a, b)
    if kind == "jax":
        return jnp.maximum(a, b)
    if kind == "sympy":
        return sys.modules["sympy"].Max(a, b)
    if kind == "arb":
        return sys.modules["flint"].arb.max(sys.modules["flint"].arb(a), b)
    plain = isinstance(a, int | float | Fraction) and isinstance(b, int | float | Fraction)
    if kind == "mpmath" or plain:
        return a if a >= b or a != a else b  # as numpy does, a nan wins
    return np.maximum(a, b)


def minimum(a: Any, b: Any) -> Any:
    """The smaller of two values, elementwise."""
    return -maximum(-a, -b)


def total(values: Any) -> Any:
    """Sum over the last axis of an array (the modes), or of a list of scalars of any arithmetic."""
    if isinstance(values, np.ndarray | jax.Array):
        return values.sum(axis=-1)
    if isinstance(values, list | tuple):
        return reduce(lambda a, b: a + b, values)
    return values


def per_mode(value: Any) -> Any:
    """Append an axis to an array so that it broadcasts against modes; a scalar of any arithmetic is left alone."""
    return value[..., None] if isinstance(value, np.ndarray | jax.Array) and np.ndim(value) else value


def pi_of(*values: Any) -> Any:
    """π in the arithmetic of these values: a symbol for SymPy, a ball for arb, at working precision for mpmath."""
    kind = kind_of(*values)
    if kind == "sympy":
        return sys.modules["sympy"].pi
    if kind == "mpmath":
        return +sys.modules["mpmath"].mp.pi
    return sys.modules["flint"].arb.pi() if kind == "arb" else math.pi
