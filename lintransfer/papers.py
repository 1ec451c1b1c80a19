"""The papers behind the theorems; `lintransfer.cite` prints those that a result used."""

from __future__ import annotations

PAPERS: dict[str, str] = {
    "shachaf2021": "G. Shachaf, A. Brutzkus, A. Globerson. A Theoretical Analysis of Fine-tuning with Linear "
    "Teachers. NeurIPS 2021. arXiv:2107.01641",
    "tahir2024": "J. Tahir, S. Ganguli, G. M. Rotskoff. Features are fate: a theory of transfer learning in "
    "high-dimensional regression. 2024. arXiv:2410.08194",
    "dar2021": "Y. Dar, D. LeJeune, R. G. Baraniuk. The Common Intuition to Transfer Learning Can Win or Lose: "
    "Case Studies for Linear Regression. 2021. arXiv:2103.05621",
    "hastie2022": "T. Hastie, A. Montanari, S. Rosset, R. J. Tibshirani. Surprises in High-Dimensional Ridgeless "
    "Least Squares Interpolation. Annals of Statistics 50(2), 2022. arXiv:1903.08560",
    "dobriban2018": "E. Dobriban, S. Wager. High-Dimensional Asymptotics of Prediction: Ridge Regression and "
    "Classification. Annals of Statistics 46(1), 2018. arXiv:1507.03003",
    "koltchinskii2017": "V. Koltchinskii, K. Lounici. Concentration Inequalities and Moment Bounds for Sample "
    "Covariance Operators. Bernoulli 23(1), 2017. arXiv:1405.2468",
    "simon2023": "J. B. Simon, M. Dickens, D. Karkada, M. R. DeWeese. The Eigenlearning Framework. TMLR 2023. "
    "arXiv:2110.03922",
    "arora2018": "S. Arora, N. Cohen, E. Hazan. On the Optimization of Deep Networks: Implicit Acceleration by "
    "Overparameterization. ICML 2018. arXiv:1802.06509",
    "saxe2014": "A. M. Saxe, J. L. McClelland, S. Ganguli. Exact solutions to the nonlinear dynamics of learning "
    "in deep linear neural networks. ICLR 2014. arXiv:1312.6120",
    "arora2019": "S. Arora, S. S. Du, W. Hu, Z. Li, R. Wang. Fine-Grained Analysis of Optimization and "
    "Generalization for Overparameterized Two-Layer Neural Networks. ICML 2019. arXiv:1901.08584",
    "boursier2024": "E. Boursier, N. Flammarion. Simplicity bias and optimization threshold in two-layer ReLU "
    "networks. 2024. arXiv:2410.02348",
    "cho2009": "Y. Cho, L. K. Saul. Kernel Methods for Deep Learning. NeurIPS 2009.",
}
