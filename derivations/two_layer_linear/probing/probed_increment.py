"""Probing one feature for a time, then the first layer alone: ⟨Z − Z_0, Z_0⟩ = e·Z_0v/‖v‖²."""

from .probed_distance import ARGUMENTS as _WITH_UNEXPLAINED
from .probed_distance import c, probed, s

ARGUMENTS = {name: value for name, value in _WITH_UNEXPLAINED.items() if name != "unexplained"}


def derive():
    head = probed()
    return (c - s * head) * s * head / head**2
