"""The papers behind the theorems, as data: one line of text and BibTeX are both printed from it.

Only what is certain is filled in: a field that is not is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

SOFTWARE_KEY = "lintransfer"


@dataclass(frozen=True)
class Paper:
    """A publication. authors: initials and family name, joined by commas.  kind: the entry type of BibTeX.

    journal: a journal.  book: proceedings.  arxiv: the identifier, with its version where that matters.
    """

    authors: str
    title: str
    year: int
    kind: str = "misc"
    journal: str = ""
    book: str = ""
    series: str = ""
    volume: str = ""
    number: str = ""
    pages: str = ""
    edition: str = ""
    publisher: str = ""
    version: str = ""
    arxiv: str = ""

    @property
    def is_collective(self) -> bool:
        """Whether the author is a group, whose name has no initials."""
        return "." not in self.authors

    def __str__(self) -> str:
        where = self.journal or self.book or self.publisher
        issue = f"{self.volume}({self.number})" if self.number else self.volume
        issue = f"{self.series} {issue}".strip()
        place = ", ".join(part for part in (self.edition and f"{self.edition} edition", where, issue) if part)
        place += f":{self.pages}" if self.pages and issue else f", {self.pages}" if self.pages else ""
        version = f"version {self.version}, " if self.version else ""
        year = f"{place}, {self.year}" if place else f"{version}{self.year}"
        stop = "" if self.title.endswith("?") else "."
        return f"{self.authors}. {self.title}{stop} {year}." + (f" arXiv:{self.arxiv}" if self.arxiv else "")

    def bibtex(self, key: str) -> str:
        """The entry of BibTeX under this key."""
        fields = {
            "author": f"{{{self.authors}}}" if self.is_collective else " and ".join(self.authors.split(", ")),
            "title": f"{{{self.title}}}",
            "journal": self.journal,
            "booktitle": self.book,
            "series": self.series,
            "volume": self.volume,
            "number": self.number,
            "pages": self.pages.replace("–", "--"),
            "edition": self.edition,
            "publisher": self.publisher,
            "version": self.version,
            "year": str(self.year),
            "eprint": self.arxiv,
            "archiveprefix": "arXiv" if self.arxiv else "",
        }
        lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
        return "\n".join([f"@{self.kind}{{{key},", *lines, "}"])


def _article(authors: str, title: str, journal: str, year: int, volume: str = "", number: str = "", pages: str = "",
             arxiv: str = "") -> Paper:  # fmt: skip
    return Paper(
        authors, title, year, "article", journal=journal, volume=volume, number=number, pages=pages, arxiv=arxiv
    )


def _proceedings(
    authors: str, title: str, book: str, year: int, arxiv: str = "", pmlr: str = "", pages: str = ""
) -> Paper:
    series = "PMLR" if pmlr else ""
    return Paper(authors, title, year, "inproceedings", book=book, series=series, volume=pmlr, pages=pages, arxiv=arxiv)


def _preprint(authors: str, title: str, year: int, arxiv: str) -> Paper:
    return Paper(authors, title, year, arxiv=arxiv)


def _textbook(authors: str, title: str, publisher: str, year: int, edition: str = "") -> Paper:
    return Paper(authors, title, year, "book", publisher=publisher, edition=edition)


PAPERS: dict[str, Paper] = {
    # Transfer in linear models.
    "shachaf2021": _proceedings(
        "G. Shachaf, A. Brutzkus, A. Globerson", "A Theoretical Analysis of Fine-tuning with Linear Teachers",
        "NeurIPS", 2021, "2107.01641",
    ),
    "tahir2024": _proceedings(
        "J. Tahir, S. Ganguli, G. M. Rotskoff",
        "Features are fate: a theory of transfer learning in high-dimensional regression", "ICML", 2025, "2410.08194",
        "267", "58142–58168",
    ),
    "tahir2024v1": _preprint(
        "J. Tahir, S. Ganguli, G. M. Rotskoff",
        "Features are fate: a theory of transfer learning in high-dimensional regression", 2024, "2410.08194v1",
    ),
    "dar2020": _preprint(
        "Y. Dar, R. G. Baraniuk", "Double Double Descent: On Generalization Errors in Transfer Learning between Linear "
        "Regression Tasks", 2020, "2006.07002",
    ),
    "dar2021": _preprint(
        "Y. Dar, D. LeJeune, R. G. Baraniuk",
        "The Common Intuition to Transfer Learning Can Win or Lose: Case Studies for Linear Regression", 2021,
        "2103.05621",
    ),
    "ghane2024": _preprint(
        "R. Ghane, D. Akhtiamov, B. Hassibi", "Universality in Transfer Learning for Linear Models", 2024, "2410.02164",
    ),
    "hedges2025": _preprint("C. E. Hedges", "Source-Optimal Training is Transfer-Suboptimal", 2025, "2511.08401"),
    # Several tasks.
    "yang2020": _preprint(
        "F. Yang, H. R. Zhang, S. Wu, C. Ré, W. J. Su", "Precise High-Dimensional Asymptotics for Quantifying "
        "Heterogeneous Transfers", 2020, "2010.11750",
    ),
    "song2024": _preprint(
        "Y. Song, S. Bhattacharya, P. Sur", "Generalization error of min-norm interpolators in transfer learning", 2024,
        "2406.13944",
    ),
    "tripuraneni2021": _proceedings(
        "N. Tripuraneni, C. Jin, M. I. Jordan", "Provable Meta-Learning of Linear Representations", "ICML", 2021,
        "2002.11684",
    ),
    # Least squares and ridge regression.
    "breiman1983": _article(
        "L. Breiman, D. Freedman", "How Many Variables Should Be Entered in a Regression Equation?",
        "Journal of the American Statistical Association", 1983, "78", "381", "131–136",
    ),
    "belkin2020": _article(
        "M. Belkin, D. Hsu, J. Xu", "Two Models of Double Descent for Weak Features",
        "SIAM Journal on Mathematics of Data Science", 2020, "2", "4", "1167–1180", "1903.07571",
    ),
    "hastie2022": _article(
        "T. Hastie, A. Montanari, S. Rosset, R. J. Tibshirani",
        "Surprises in High-Dimensional Ridgeless Least Squares Interpolation", "Annals of Statistics", 2022, "50", "2",
        "949–986", "1903.08560",
    ),
    "dobriban2018": _article(
        "E. Dobriban, S. Wager", "High-Dimensional Asymptotics of Prediction: Ridge Regression and Classification",
        "Annals of Statistics", 2018, "46", "1", "247–279", "1507.03003",
    ),
    "li2020": _preprint(
        "Z. Li, C. Xie, Q. Wang", "Provable More Data Hurt in High Dimensional Least Squares Estimator", 2020, "2008.06296",
    ),
    "han2026": _article(
        "Q. Han, X. Xu", "The distribution of Ridgeless least squares interpolators",
        "Journal of Machine Learning Research", 2026, arxiv="2307.02044",
    ),
    "dicker2014": _article(
        "L. H. Dicker", "Variance estimation in high-dimensional linear models", "Biometrika", 2014, "101", "2",
        "269–284", "1209.0012",
    ),
    "dicker2016": _article(
        "L. H. Dicker", "Ridge regression and asymptotic minimax estimation over spheres of growing dimension",
        "Bernoulli", 2016, "22", "1", "1–37", "1601.03900",
    ),
    "nakkiran2021": _proceedings(
        "P. Nakkiran, P. Venkat, S. Kakade, T. Ma", "Optimal Regularization Can Mitigate Double Descent", "ICLR", 2021,
        "2003.01897",
    ),
    "wu2020": _proceedings(
        "D. Wu, J. Xu", "On the Optimal Weighted ℓ2 Regularization in Overparameterized Linear Regression", "NeurIPS",
        2020, "2006.05800",
    ),
    "richards2021": _proceedings(
        "D. Richards, J. Mourtada, L. Rosasco", "Asymptotics of Ridge(less) Regression under General Source Condition",
        "AISTATS", 2021, "2006.06386", "130",
    ),
    "kobak2020": _article(
        "D. Kobak, J. Lomond, B. Sanchez", "The Optimal Ridge Penalty for Real-world High-dimensional Data Can Be Zero "
        "or Negative due to the Implicit Ridge Regularization", "Journal of Machine Learning Research", 2020, "21",
        "169", "1–16", "1805.10939",
    ),
    "lejeune2022": _preprint(
        "D. LeJeune, P. Patil, H. Javadi, R. G. Baraniuk, R. J. Tibshirani", "Asymptotics of the Sketched Pseudoinverse",
        2022, "2211.03751",
    ),
    "patil2024": _proceedings(
        "P. Patil, J.-H. Du, R. J. Tibshirani", "Optimal Ridge Regularization for Out-of-Distribution Prediction", "ICML",
        2024, "2404.01233",
    ),
    "du2023": _proceedings(
        "J.-H. Du, P. Patil, A. K. Kuchibhotla", "Subsample Ridge Ensembles: Equivalences and Generalized "
        "Cross-Validation", "ICML", 2023, "2304.13016",
    ),
    "ali2019": _proceedings(
        "A. Ali, J. Z. Kolter, R. J. Tibshirani", "A Continuous-Time View of Early Stopping for Least Squares Regression",
        "AISTATS", 2019, "1810.10082", "89", "1370–1378",
    ),
    "koltchinskii2017": _article(
        "V. Koltchinskii, K. Lounici", "Concentration Inequalities and Moment Bounds for Sample Covariance Operators",
        "Bernoulli", 2017, "23", "1", "110–133", "1405.2468",
    ),
    "white1980": _article(
        "H. White", "Using Least Squares to Approximate Unknown Regression Functions", "International Economic Review",
        1980, "21", "1", "149–170",
    ),
    "bartlett2020": _article(
        "P. L. Bartlett, P. M. Long, G. Lugosi, A. Tsigler", "Benign overfitting in linear regression",
        "Proceedings of the National Academy of Sciences", 2020, "117", "48", "30063–30070", "1906.11300",
    ),
    # Information.
    "lindley1956": _article(
        "D. V. Lindley", "On a Measure of the Information Provided by an Experiment", "Annals of Mathematical Statistics",
        1956, "27", "4", "986–1005",
    ),
    "verdu1999": _article(
        "S. Verdú, S. Shamai", "Spectral efficiency of CDMA with random spreading",
        "IEEE Transactions on Information Theory", 1999, "45", "2", "622–640",
    ),
    "guo2005": _article(
        "D. Guo, S. Shamai, S. Verdú", "Mutual information and minimum mean-square error in Gaussian channels",
        "IEEE Transactions on Information Theory", 2005, "51", "4", "1261–1282", "cs/0412108",
    ),
    "harutyunyan2021": _proceedings(
        "H. Harutyunyan, A. Achille, G. Paolini, O. Majumder, A. Ravichandran, R. Bhotika, S. Soatto",
        "Estimating informativeness of samples with Smooth Unique Information", "ICLR", 2021, "2101.06640",
    ),
    # Scaling laws and kernel regression.
    "simon2023": _article(
        "J. B. Simon, M. Dickens, D. Karkada, M. R. DeWeese", "The Eigenlearning Framework: A Conservation Law "
        "Perspective on Kernel Regression and Wide Neural Networks", "Transactions on Machine Learning Research", 2023,
        arxiv="2110.03922",
    ),
    "simon2024": _proceedings(
        "J. B. Simon, D. Karkada, N. Ghosh, M. Belkin", "More is Better in Modern Machine Learning: when Infinite "
        "Overparameterization is Optimal and Overfitting is Obligatory", "ICLR", 2024, "2311.14646",
    ),
    "maloney2022": _preprint(
        "A. Maloney, D. A. Roberts, J. Sully", "A Solvable Model of Neural Scaling Laws", 2022, "2210.16859",
    ),
    "atanasov2024": _preprint(
        "A. Atanasov, J. A. Zavatone-Veth, C. Pehlevan", "Scaling and renormalization in high-dimensional regression",
        2024, "2405.00592",
    ),
    "spigler2020": _article(
        "S. Spigler, M. Geiger, M. Wyart", "Asymptotic learning curves of kernel methods: empirical data versus "
        "teacher–student paradigm", "Journal of Statistical Mechanics: Theory and Experiment", 2020, arxiv="1905.10843",
    ),
    "bordelon2020": _proceedings(
        "B. Bordelon, A. Canatar, C. Pehlevan", "Spectrum Dependent Learning Curves in Kernel Regression and Wide Neural "
        "Networks", "ICML", 2020, "2002.02561", "119", "1024–1034",
    ),
    "cui2021": _proceedings(
        "H. Cui, B. Loureiro, F. Krzakala, L. Zdeborová", "Generalization Error Rates in Kernel Regression: The Crossover "
        "from the Noiseless to Noisy Regime", "NeurIPS", 2021, "2105.15004",
    ),
    "elkaroui2010": _article(
        "N. El Karoui", "The spectrum of kernel random matrices", "Annals of Statistics", 2010, "38", "1", "1–50",
        "1001.0492",
    ),
    "liang2020": _article(
        "T. Liang, A. Rakhlin", "Just interpolate: Kernel “ridgeless” regression can generalize", "Annals of Statistics",
        2020, "48", "3", "1329–1347", "1808.00387",
    ),
    "bartlett2021": _article(
        "P. L. Bartlett, A. Montanari, A. Rakhlin", "Deep learning: a statistical viewpoint", "Acta Numerica", 2021, "30",
        "", "87–201", "2103.09177",
    ),
    "montanari2022": _article(
        "A. Montanari, Y. Zhong", "The interpolation phase transition in neural networks: Memorization and "
        "generalization under lazy training", "Annals of Statistics", 2022, "50", "5", "2816–2847", "2007.12826",
    ),
    "sahraee2022": _preprint(
        "M. Sahraee-Ardakan, M. Emami, P. Pandit, S. Rangan, A. K. Fletcher", "Kernel Methods and Multilayer Perceptrons "
        "Learn Linear Models in High Dimensions", 2022, "2201.08082",
    ),
    "mei2022": _article(
        "S. Mei, A. Montanari", "The generalization error of random features regression: Precise asymptotics and the "
        "double descent curve", "Communications on Pure and Applied Mathematics", 2022, "75", "4", "667–766", "1908.05355",
    ),
    "hu2023": _article(
        "H. Hu, Y. M. Lu", "Universality Laws for High-Dimensional Learning With Random Features",
        "IEEE Transactions on Information Theory", 2023, "69", "3", "1932–1964", "2009.07669",
    ),
    "bietti2019": _proceedings(
        "A. Bietti, J. Mairal", "On the Inductive Bias of Neural Tangent Kernels", "NeurIPS", 2019, "1905.12173",
    ),
    "bach2017": _article(
        "F. Bach", "Breaking the Curse of Dimensionality with Convex Neural Networks",
        "Journal of Machine Learning Research", 2017, "18", "19", "1–53", "1412.8690",
    ),
    "cho2009": _proceedings("Y. Cho, L. K. Saul", "Kernel Methods for Deep Learning", "NeurIPS", 2009),
    # Training of networks.
    "saxe2014": _proceedings(
        "A. M. Saxe, J. L. McClelland, S. Ganguli",
        "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", "ICLR", 2014, "1312.6120",
    ),
    "lampinen2019": _proceedings(
        "A. K. Lampinen, S. Ganguli", "An analytic theory of generalization dynamics and transfer learning in deep linear "
        "networks", "ICLR", 2019, "1809.10374",
    ),
    "arora2018": _proceedings(
        "S. Arora, N. Cohen, E. Hazan",
        "On the Optimization of Deep Networks: Implicit Acceleration by Overparameterization", "ICML", 2018, "1802.06509",
        "80", "244–253",
    ),
    "gunasekar2018": _proceedings(
        "S. Gunasekar, J. D. Lee, D. Soudry, N. Srebro",
        "Implicit Bias of Gradient Descent on Linear Convolutional Networks", "NeurIPS", 2018, "1806.00468",
    ),
    "dai2021": _proceedings(
        "Z. Dai, M. Karzand, N. Srebro", "Representation Costs of Linear Neural Networks: Analysis and Design", "NeurIPS",
        2021,
    ),
    "azulay2021": _proceedings(
        "S. Azulay, E. Moroshko, M. S. Nacson, B. E. Woodworth, N. Srebro, A. Globerson, D. Soudry",
        "On the Implicit Bias of Initialization Shape: Beyond Infinitesimal Mirror Descent", "ICML", 2021, "2102.09769",
        "139", "468–477",
    ),
    "kunin2024": _proceedings(
        "D. Kunin, A. Raventós, C. Dominé, F. Chen, D. Klindt, A. Saxe, S. Ganguli", "Get rich quick: exact solutions "
        "reveal how unbalanced initializations promote rapid feature learning", "NeurIPS", 2024, "2406.06158",
    ),
    "lee2019": _proceedings(
        "J. Lee, L. Xiao, S. S. Schoenholz, Y. Bahri, R. Novak, J. Sohl-Dickstein, J. Pennington",
        "Wide Neural Networks of Any Depth Evolve as Linear Models Under Gradient Descent", "NeurIPS", 2019, "1902.06720",
    ),
    "chizat2019": _proceedings(
        "L. Chizat, E. Oyallon, F. Bach", "On Lazy Training in Differentiable Programming", "NeurIPS", 2019, "1812.07956",
    ),
    "arora2019": _proceedings(
        "S. Arora, S. S. Du, W. Hu, Z. Li, R. Wang", "Fine-Grained Analysis of Optimization and Generalization for "
        "Overparameterized Two-Layer Neural Networks", "ICML", 2019, "1901.08584", "97", "322–332",
    ),
    "boursier2022": _proceedings(
        "E. Boursier, L. Pillaud-Vivien, N. Flammarion",
        "Gradient flow dynamics of shallow ReLU networks for square loss and orthogonal inputs", "NeurIPS", 2022,
        "2206.00939",
    ),
    "boursier2024": _preprint(
        "E. Boursier, N. Flammarion", "Simplicity bias and optimization threshold in two-layer ReLU networks", 2024,
        "2410.02348",
    ),
    # Two-layer linear networks, heads and layers.
    "ren2023": _proceedings(
        "Y. Ren, S. Guo, W. Bae, D. J. Sutherland", "How to Prepare Your Task Head for Finetuning", "ICLR", 2023,
        "2302.05779",
    ),
    "lee2023": _proceedings(
        "Y. Lee, A. S. Chen, F. Tajwar, A. Kumar, H. Yao, P. Liang, C. Finn",
        "Surgical Fine-Tuning Improves Adaptation to Distribution Shifts", "ICLR", 2023, "2210.11466",
    ),
    "kumar2022": _proceedings(
        "A. Kumar, A. Raghunathan, R. Jones, T. Ma, P. Liang",
        "Fine-Tuning can Distort Pretrained Features and Underperform Out-of-Distribution", "ICLR", 2022, "2202.10054",
    ),
    "tomihari2024": _proceedings(
        "A. Tomihari, I. Sato", "Understanding Linear Probing then Fine-tuning Language Models from NTK Perspective",
        "NeurIPS", 2024, "2405.16747",
    ),
    "braun2022": _proceedings(
        "L. Braun, C. C. J. Dominé, J. E. Fitzgerald, A. M. Saxe",
        "Exact learning dynamics of deep linear networks with prior knowledge", "NeurIPS", 2022,
    ),
    "domine2025": _proceedings(
        "C. C. J. Dominé, N. Anguita, A. M. Proca, L. Braun, D. Kunin, P. A. M. Mediano, A. M. Saxe",
        "From Lazy to Rich: Exact Learning Dynamics in Deep Linear Networks", "ICLR", 2025, "2409.14623",
    ),
    "woodworth2020": _proceedings(
        "B. Woodworth, S. Gunasekar, J. D. Lee, E. Moroshko, P. Savarese, I. Golan, D. Soudry, N. Srebro",
        "Kernel and Rich Regimes in Overparametrized Models", "COLT", 2020, "2002.09277", "125", "3635–3673",
    ),
    "lippl2024": _proceedings(
        "S. Lippl, J. W. Lindsey", "Inductive biases of multi-task learning and finetuning: multiple regimes of feature "
        "reuse", "NeurIPS", 2024, "2310.02396",
    ),
    "anguita2026": _preprint(
        "N. Anguita, F. Locatello, A. M. Saxe, M. Mondelli, F. Mancini, S. Lippl, C. Dominé",
        "A Theory of How Pretraining Shapes Inductive Bias in Fine-Tuning", 2026, "2602.20062",
    ),
    # Several tasks, and labels made by a model.
    "couillet2011": _article(
        "R. Couillet, M. Debbah, J. W. Silverstein",
        "A Deterministic Equivalent for the Analysis of Correlated MIMO Multiple Access Channels",
        "IEEE Transactions on Information Theory", 2011, "57", "6", "3493–3514", "0906.3667",
    ),
    "lin2023": _proceedings(
        "S. Lin, P. Ju, Y. Liang, N. Shroff", "Theory on Forgetting and Generalization of Continual Learning", "ICML", 2023,
        "2302.05836", "202", "21078–21100",
    ),
    "ding2024": _proceedings(
        "M. Ding, K. Ji, D. Wang, J. Xu", "Understanding Forgetting in Continual Learning with Linear Regression", "ICML",
        2024, "2405.17583",
    ),
    "mahdaviyeh2025": _preprint(
        "Y. Mahdaviyeh, J. Lucas, M. Ren, A. S. Tolias, R. Zemel, T. Pitassi", "Replay Can Provably Increase Forgetting",
        2025, "2506.04377",
    ),
    "ziyin2022": _proceedings(
        "L. Ziyin, K. Liu, T. Mori, M. Ueda", "Strength of Minibatch Noise in SGD", "ICLR", 2022, "2102.05375",
    ),
    "bernacchia2021": _proceedings(
        "A. Bernacchia", "Meta-learning with negative learning rates", "ICLR", 2021, "2102.00940",
    ),
    "ju2023": _proceedings(
        "P. Ju, Y. Liang, N. B. Shroff",
        "Theoretical Characterization of the Generalization Performance of Overfitted Meta-Learning", "ICLR", 2023,
        "2304.04312",
    ),
    # Classical tools.
    "isserlis1918": _article(
        "L. Isserlis", "On a formula for the product-moment coefficient of any order of a normal frequency distribution "
        "in any number of variables", "Biometrika", 1918, "12", "", "134–139",
    ),
    "hotelling1931": _article(
        "H. Hotelling", "The Generalization of Student's Ratio", "Annals of Mathematical Statistics", 1931, "2", "3",
        "360–378",
    ),
    "marchenko1967": _article(
        "V. A. Marchenko, L. A. Pastur", "Distribution of eigenvalues for some sets of random matrices",
        "Mathematics of the USSR-Sbornik", 1967, "1", "4", "457–483",
    ),
    "benaych2012": _article(
        "F. Benaych-Georges, R. R. Nadakuditi", "The singular values and vectors of low rank perturbations of large "
        "rectangular random matrices", "Journal of Multivariate Analysis", 2012, "111", "", "120–135", "1103.2221",
    ),
    "gavish2017": _article(
        "M. Gavish, D. L. Donoho", "Optimal Shrinkage of Singular Values", "IEEE Transactions on Information Theory", 2017,
        "63", "4", "2137–2152", "1405.7511",
    ),
    "bjorck1973": _article(
        "Å. Björck, G. H. Golub", "Numerical methods for computing angles between linear subspaces",
        "Mathematics of Computation", 1973, "27", "123", "579–594",
    ),
    "adler2000": _article(
        "M. Adler, P. J. Forrester, T. Nagao, P. van Moerbeke",
        "Classical skew orthogonal polynomials and random matrices", "Journal of Statistical Physics", 2000, "99", "",
        "141–170",
    ),
    "kullback1959": _textbook("S. Kullback", "Information Theory and Statistics", "Wiley", 1959),
    "muirhead1982": _textbook("R. J. Muirhead", "Aspects of Multivariate Statistical Theory", "Wiley", 1982),
    "anderson2003": _textbook(
        "T. W. Anderson", "An Introduction to Multivariate Statistical Analysis", "Wiley", 2003, "3rd",
    ),
    "tsybakov2009": _textbook("A. B. Tsybakov", "Introduction to Nonparametric Estimation", "Springer", 2009),
    "villani2009": _textbook("C. Villani", "Optimal Transport: Old and New", "Springer", 2009),
    # Averages of weights and of iterates.
    "mayer1973": _article(
        "L. S. Mayer, T. A. Willke", "On Biased Estimation in Linear Models", "Technometrics", 1973, "15", "3", "497–508",
    ),
    "bates1969": _article(
        "J. M. Bates, C. W. J. Granger", "The Combination of Forecasts", "Operational Research Quarterly", 1969, "20", "4",
        "451–468",
    ),
    "breiman1996": _article("L. Breiman", "Stacked Regressions", "Machine Learning", 1996, "24", "1", "49–64"),
    "wortsman2022": _proceedings(
        "M. Wortsman, G. Ilharco, J. W. Kim, M. Li, S. Kornblith, R. Roelofs, R. Gontijo-Lopes, H. Hajishirzi, "
        "A. Farhadi, H. Namkoong, L. Schmidt", "Robust fine-tuning of zero-shot models", "CVPR", 2022, "2109.01903",
    ),
    "wortsman2022soups": _proceedings(
        "M. Wortsman, G. Ilharco, S. Y. Gadre, R. Roelofs, R. Gontijo-Lopes, A. S. Morcos, H. Namkoong, A. Farhadi, "
        "Y. Carmon, S. Kornblith, L. Schmidt", "Model soups: averaging weights of multiple fine-tuned models improves "
        "accuracy without increasing inference time", "ICML", 2022, "2203.05482",
    ),
    "ilharco2023": _proceedings(
        "G. Ilharco, M. T. Ribeiro, M. Wortsman, S. Gururangan, L. Schmidt, H. Hajishirzi, A. Farhadi",
        "Editing Models with Task Arithmetic", "ICLR", 2023, "2212.04089",
    ),
    "ortiz2023": _proceedings(
        "G. Ortiz-Jimenez, A. Favero, P. Frossard", "Task Arithmetic in the Tangent Space: Improved Editing of "
        "Pre-Trained Models", "NeurIPS", 2023, "2305.12827",
    ),
    "sandler2023": _preprint(
        "M. Sandler, A. Zhmoginov, M. Vladymyrov, N. Miller", "Training trajectories, mini-batch losses and the curious "
        "role of the learning rate", 2023, "2301.02312",
    ),
    "jain2018": _article(
        "P. Jain, S. M. Kakade, R. Kidambi, P. Netrapalli, A. Sidford", "Parallelizing Stochastic Gradient Descent for "
        "Least Squares Regression: Mini-batching, Averaging, and Model Misspecification",
        "Journal of Machine Learning Research", 2018, "18", "223", "1–42", "1610.03774",
    ),
    "ma2018": _proceedings(
        "S. Ma, R. Bassily, M. Belkin", "The Power of Interpolation: Understanding the Effectiveness of SGD in Modern "
        "Over-parametrized Learning", "ICML", 2018, "1712.06559", "80",
    ),
    "evron2022": _proceedings(
        "I. Evron, E. Moroshko, R. Ward, N. Srebro, D. Soudry",
        "How catastrophic can catastrophic forgetting be in linear regression?", "COLT", 2022, "2205.09588",
    ),
    "ildiz2025": _proceedings(
        "M. E. Ildiz, H. A. Gozeten, E. O. Taga, M. Mondelli, S. Oymak",
        "High-dimensional Analysis of Knowledge Distillation: Weak-to-Strong Generalization and Scaling Laws", "ICLR",
        2025, "2410.18837",
    ),
}  # fmt: skip

# The data of CITATION.cff, which is not installed with the package.
SOFTWARE = Paper(
    "The lintransfer developers", "lintransfer: analytic theory of transfer learning in linear models", 2026,
    version="0.1.0",
)  # fmt: skip
