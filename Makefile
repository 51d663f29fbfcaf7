# Works on a machine with only python3 (with pip), make and git: no python3-venv, no uv.
# The logic is in scripts/; this file only names it.

PYTHON ?= python3
UV_VERSION := 0.13.8
VENV := .venv
READY := $(VENV)/.ready

export UV_PYTHON_DOWNLOADS := never
# Thousands of short processes would each compile everything anew.
unexport PYTHONDONTWRITEBYTECODE
# Not exported: the set-up must find the system's python3.
IN_VENV := PATH="$(CURDIR)/$(VENV)/bin:$$PATH"

.DEFAULT_GOAL := help
.PHONY: help setup demo test fmt lint types unit bounds lock clean

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

setup: $(READY)  ## make .venv with everything pinned in requirements/dev.txt

$(READY): requirements/dev.txt pyproject.toml scripts/make_venv Makefile
	@scripts/make_venv "$(PYTHON)" "$(VENV)" "$(UV_VERSION)"
	@touch $@

demo: $(READY)  ## run the examples on an engine that is killed, and prove that nothing is lost or done twice
	@$(IN_VENV) python -m scripts.demo

test: $(READY)  ## everything a reviewer would ask for, on every Python present
	@$(IN_VENV) scripts/test

fmt: $(READY)  ## format and fix what can be fixed
	$(IN_VENV) ruff format .
	$(IN_VENV) ruff check --fix .

lint: $(READY)  ## formatting, lint rules, layers
	$(IN_VENV) ruff format --check .
	$(IN_VENV) ruff check .
	$(IN_VENV) lint-imports --no-logo

types: $(READY)  ## mypy, strict
	$(IN_VENV) scripts/types

unit: $(READY)  ## the fast tests only
	$(IN_VENV) pytest -q tests/unit tests/architecture

bounds: $(READY)  ## the tests against the oldest dependencies that are allowed
	@$(IN_VENV) scripts/test_wheel lowest

lock: $(READY)  ## pin the newest allowed versions anew
	$(IN_VENV) scripts/lock

clean:  ## delete what make and the tests have made
	rm -rf .venv .venv-* .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .surestep build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
