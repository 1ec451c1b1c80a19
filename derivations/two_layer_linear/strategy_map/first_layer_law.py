"""Two moments of the law of the first layer alone, 1 ≤ n ≤ d − 4.

B' = −v∇ᵀ, so w = Bᵀv follows −‖v‖²∇: linear training in another time, with the same end.
"""

from ...linear.laws import min_norm_law

ARGUMENTS = min_norm_law.ARGUMENTS
REGIME = getattr(min_norm_law, "REGIME", None)


def derive():
    return min_norm_law.derive()
