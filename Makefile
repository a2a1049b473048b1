# `make` lists what there is to do. Every target prepares the checkout first, which costs nothing
# when nothing has changed.

PYTHON := .venv/bin/python
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup up test check bench clean

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

setup: ## Prepare this checkout; no root, no Docker
	@deploy/setup/setup.sh

up: setup ## Run everything on this machine (ARGS="--home DIR ...")
	@.venv/bin/railcast up $(ARGS)

test: setup ## Run every test (WORKERS=2)
	@.venv/bin/pytest -n $(WORKERS) --dist loadfile $(ARGS)

check: setup ## Format, lint, types, imports
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

bench: setup ## Measure on this machine
	@$(PYTHON) -m tests.bench $(ARGS)

clean: ## Remove all that set-up and tools have made here
	rm -rf .venv .tools node_modules assets/vendor dist
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
