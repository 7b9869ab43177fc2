# For a machine with Python 3.11 or later, its venv module and make. Nothing is installed outside .venv.
PYTHON ?= python3
BIN := .venv/bin

# Settings of the caller's that would send the installation elsewhere, or mix another environment into this one.
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH PIP_TARGET PIP_PREFIX PIP_ROOT PIP_PYTHON PIP_CONSTRAINT
unexport PIP_REQUIREMENT PIP_REQUIRE_HASHES PIP_NO_DEPS PIP_DRY_RUN PIP_IGNORE_INSTALLED
export PIP_USER := 0
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup run test lint types bench docs lock clean

help:  ## show these targets
	@sed -n 's/^\([a-z]*\):.*##/\1\t/p' $(MAKEFILE_LIST) | expand -t 8

setup: .venv/.ready  ## put the program and its test tools into .venv

run: setup  ## set up, then open the course
	@$(BIN)/backprop-tutor learn

test: setup  ## set up, then run all the tests, a process a core
	@$(BIN)/python -m pytest --numprocesses auto

lint: setup  ## check style and formatting
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: setup  ## check types
	@$(BIN)/mypy

bench: setup  ## measure speed, as ratios
	@$(BIN)/python tests/benchmarks/run.py

docs: setup .venv/.docs-ready  ## build the documentation into build/docs, warnings as errors
	@$(BIN)/python -m sphinx --quiet --fresh-env --fail-on-warning --keep-going docs build/docs
	@$(BIN)/python docs/site/no_requests.py build/docs
	@echo "Open build/docs/index.html"

lock:  ## choose the versions in requirements.lock anew (needs uv)
	uv pip compile --quiet --upgrade --universal --extra test --generate-hashes --no-emit-index-url \
		--no-annotate --custom-compile-command "make lock" --output-file requirements.lock pyproject.toml
	uv pip compile --quiet --universal --extra docs --constraint requirements.lock --generate-hashes \
		--no-emit-index-url --no-annotate --custom-compile-command "make lock" \
		--output-file docs/requirements.lock pyproject.toml

clean:  ## remove .venv and everything that was made
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# An environment that was left half made, or made by uv (without pip), is made anew.
.venv/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
		"Backprop Tutor needs Python 3.11 or later: try make PYTHON=python3.12")'
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@echo "Setting up .venv (the first time takes about a minute) ..."
	@$(BIN)/python -m pip install -qq --require-hashes --requirement requirements.lock
	@$(BIN)/python -m pip install -qq --no-deps --editable .
	@touch $@

.venv/.docs-ready: docs/requirements.lock .venv/.ready
	@$(BIN)/python -m pip install -qq --require-hashes --requirement docs/requirements.lock
	@touch $@
