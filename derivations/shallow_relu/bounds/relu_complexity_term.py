"""Expected complexity term of a linear residual plus noise, from the deterministic equivalent of the resolvent.

In feature coordinates H = ΦΦᵀ with covariance Λ = diag μ, and a function of energy e_k in degree k has coefficients of
energy e_k/μ_k. yᵀ(H+λ)⁻¹y of y = Φθ is θᵀ(I − λ(ΦᵀΦ+λ)⁻¹)θ, and λ(ΦᵀΦ+λ)⁻¹ is equivalent to κ(Λ+κ)⁻¹; for white noise
it is σ² trace(H+λ)⁻¹ = σ²(n − Σ N_kμ_k/(μ_k+κ))/λ, with n = Σ N_kμ_k/(μ_k+κ) + λ/κ.
"""

import sympy as sp

kappa, first_eigenvalue = sp.symbols("kappa first_eigenvalue", positive=True)
energy, noise = sp.symbols("residual_energy noise_variance", positive=True)
ARGUMENTS = {
    "kappa": kappa,
    "first_eigenvalue": first_eigenvalue,
    "residual_energy": energy,
    "noise_variance": noise,
}


def derive() -> sp.Expr:
    ridge, learnt = sp.symbols("ridge learnt", positive=True)
    n = learnt + ridge / kappa
    trace = sp.simplify((n - learnt) / ridge)
    coefficients = energy / first_eigenvalue
    return coefficients * (1 - kappa / (first_eigenvalue + kappa)) + noise * trace
