# Needs git, make and Python 3.11 or newer. `make PYTHON=python3.13 test` picks another one.

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV ?= .venv
BIN = $(VENV)/bin

.PHONY: help demo sizes test lint types walls unit pages docs wheel clean

help:
	@echo "make demo    check the examples, which are wrong on purpose"
	@echo "make sizes   say of sample logs which memory sizes suit, and what to do"
	@echo "make test    everything that CI runs"
	@echo "make docs    write docs/checks/ from the checks"
	@echo "make clean   remove what the above created"

# Succeeds exactly when lambdalint found something: exit code 1. 0 or 2 would be a fault of ours.
demo: $(VENV)/installed
	@$(BIN)/lambdalint check examples; code=$$?; \
	if [ $$code -eq 1 ]; then echo; echo "The examples are wrong on purpose: read them beside what is said above."; \
	else echo "demo: lambdalint exited with $$code, expected 1 (findings)" >&2; exit 1; fi

sizes: $(VENV)/installed-aws
	@$(BIN)/lambdalint rightsize --logs examples/logs --region eu-west-1 --architecture x86_64 --exit-zero
	@echo; echo "One function in depth: add --explain fetch-prices to"
	@echo "$(BIN)/lambdalint rightsize --logs examples/logs --region eu-west-1 --architecture x86_64"

test: lint types walls unit pages wheel

lint: $(VENV)/installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/installed-dev
	$(BIN)/mypy

walls: $(VENV)/installed-dev
	$(BIN)/lint-imports

unit: $(VENV)/installed-dev
	$(BIN)/python -m pytest -q

pages: $(VENV)/installed-dev
	$(BIN)/python docs/generate.py --check

docs: $(VENV)/installed-dev
	$(BIN)/python docs/generate.py

wheel: $(VENV)/installed-dev
	.ci/wheel $(BIN)/python

# Stamps: nothing is installed again until pyproject.toml changes.
$(VENV)/installed: pyproject.toml
	@test -n "$(PYTHON)" || { echo "lambdalint needs Python 3.11 or newer: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "lambdalint needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/installed-aws: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[aws]'
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis \
		.import_linter_cache .lambdalint_cache
