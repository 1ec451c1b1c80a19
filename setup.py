"""The proofs stand in derivations/ at the top of the repository and are installed as lintransfer.derivations."""

from setuptools import find_namespace_packages, find_packages, setup

proofs = [f"lintransfer.{name}" for name in find_namespace_packages(include=["derivations", "derivations.*"])]
setup(
    packages=[*find_packages(include=["lintransfer", "lintransfer.*"]), *proofs],
    package_dir={"lintransfer.derivations": "derivations"},
    package_data={"lintransfer": ["py.typed"]},
)
