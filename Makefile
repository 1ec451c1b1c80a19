# Every target sets up .venv first; nothing outside this folder is touched.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: diagram test quick verify lint bench fuzz figures clean

# The flagship phase diagram: picture, numbers and a summary.
diagram: .venv/core
	@mkdir -p out
	$(BIN)/lintransfer diagram --figure out/diagram.png --data out/diagram.nc

# The tests, without those marked slow, and the examples in docstrings.
test: .venv/test
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadgroup

# Every row of the table on every rung, each with reduced work.
quick: .venv/test
	$(BIN)/lintransfer verify --quick

# Every row with all its work, and the tests marked slow.
verify: .venv/test
	$(BIN)/lintransfer verify --report verification.md
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadgroup -m slow

lint: .venv/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
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
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[all]'
	@touch $@

clean:
	rm -rf .venv out build *.egg-info
