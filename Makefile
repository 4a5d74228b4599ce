# Everything that a newcomer, a developer and CI call. `make help` lists it. What is installed goes to .venv and
# nowhere else; installers write to stderr, so that stdout is the command's alone.
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
ARGS ?=
RUNS ?= 5
BROKER ?= tansu
SEED ?= 1

.DEFAULT_GOAL := help
.PHONY: help demo test integration bench faults superset check format docs secrets lock install clean

help: ## Show this list.
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: $(INSTALLED) ## Run the whole platform on the example district; ARGS="--once --json" for a machine.
	@$(BIN)/pulse demo $(ARGS)

test: $(INSTALLED) ## Run all tests, on the real broker and the real ClickHouse; ARGS for pytest.
	@$(BIN)/pytest $(ARGS)

integration: $(INSTALLED) ## Run only the tests that need real parts.
	@$(BIN)/pytest -m stack $(ARGS)

bench: $(INSTALLED) ## Measure speed against simple ways of the same work; ARGS="--quick" or "--json".
	@$(BIN)/python -m tests.bench $(ARGS)

faults: $(INSTALLED) ## Break a platform in seeded ways; RUNS=5 BROKER=tansu SEED=1, ARGS="--json" or "--report FILE".
	@$(BIN)/pulse chaos --runs $(RUNS) --broker $(BROKER) --seed $(SEED) $(ARGS)

superset: $(INSTALLED) ## Install Apache Superset into .venv-superset (650 MB), and let it import and show its dashboard.
	@.ci/superset .venv-superset >&2
	@$(BIN)/pytest tests/deploy/console/test_superset*.py $(ARGS)

check: $(INSTALLED) ## Lint, format, types, import arrows: all that CI checks beside the tests.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(INSTALLED) ## Put the code into its format.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(INSTALLED) ## Write again what is generated from the code.
	$(BIN)/pulse config --example > pulse.example.toml
	$(BIN)/python -m deploy.grafana
	$(BIN)/python -m deploy.superset

secrets: $(INSTALLED) ## Draw the passwords that deploy/compose.yaml mounts; those there already stay.
	@$(BIN)/python -m deploy.secrets deploy/secrets

lock: $(INSTALLED) ## Choose the newest versions that pyproject.toml allows, and pin them with hashes.
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-header \
	    --group build pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-header \
	    --constraint requirements.txt --group build --group dev pyproject.toml -o requirements-dev.txt
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-header --python-version 3.11 \
	    deploy/superset/requirements.in -o deploy/superset/requirements.txt

install: $(INSTALLED) ## Make .venv and install what the lock says.

clean: ## Remove virtual environments and caches; the local stack's data in .pulse stays.
	rm -rf $(VENV) .venv-superset .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis *.egg-info

# Only when the lock or the project's metadata changed; the sources are used where they stand.
$(INSTALLED): requirements-dev.txt pyproject.toml .ci/venv
	@PYTHON=$(PYTHON) .ci/venv $(VENV) >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . >&2
	@touch $@
