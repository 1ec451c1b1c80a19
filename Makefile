# Every target sets up .venv first; nothing outside this folder is touched.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: diagram test verify lint bench fuzz figures clean

diagram: .venv/core
	@mkdir -p out
	$(BIN)/lintransfer diagram --figure out/diagram.png --data out/diagram.nc

test: .venv/test
	$(BIN)/python -m pytest

verify: .venv/test
	$(BIN)/lintransfer verify --report verification.md
	$(BIN)/python -m pytest -m slow

lint: .venv/test
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: .venv/test
	@for script in tests/benchmarks/bench_*.py; do echo "== $$script"; $(BIN)/python $$script; done

fuzz: .venv/test
	$(BIN)/python tests/fuzz/fuzz.py --calls 20000

figures: .venv/test
	@for script in docs/examples/*.py; do echo "== $$script"; $(BIN)/python $$script; done

.venv/core: pyproject.toml
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "lintransfer needs Python 3.11 or newer"'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/test: .venv/core
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,rigour,lint]'
	@touch $@

clean:
	rm -rf .venv out build *.egg-info
