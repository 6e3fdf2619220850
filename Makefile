# `make help` lists what can be done. Everything runs from .venv, which the first command creates.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Lighthouse and the checker of HTML come from npm; without it their tests are skipped.
NODE := $(if $(shell command -v npm),tests/site/node_modules/.ready)

.DEFAULT_GOAL := help
.PHONY: help licences book edit preview test hunt check serve clean lock lint

help:  ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# The environment is made anew exactly when the lock or the packaging of lib/ changes.
$(READY): requirements.txt pyproject.toml
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

tests/site/node_modules/.ready: tests/site/package-lock.json
	cd tests/site && npm ci --silent --ignore-scripts --no-audit --no-fund
	touch $@

book: $(READY)  ## Build the site to _build/html
	$(BIN)/python -m evidence build

edit: $(READY)  ## Open the chapters as notebooks in JupyterLab
	$(BIN)/python -m evidence edit

preview: $(READY)  ## Show the site at http://localhost:8000 and build it again at every change
	$(BIN)/python -m evidence preview

check: $(READY)  ## Check the tables in data/ and list every problem
	$(BIN)/python -m evidence check

test: book $(NODE)  ## Build the site, then run every test
	$(BIN)/python -m pytest

hunt: $(READY)  ## Look for exceptions to the tests' properties, with other examples at each run
	$(BIN)/python -m pytest -m hypothesis --hypothesis-profile=hunt tests

serve: $(READY)  ## Show the built site at http://localhost:8000
	$(BIN)/python -m http.server --directory _build/html --bind localhost 8000

lint: $(READY)  ## Run the linter and the type checker
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

lock: $(READY)  ## Write requirements.txt anew from requirements.in
	$(BIN)/uv pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 --generate-hashes --no-header --no-annotate --output-file requirements.txt requirements.in

licences: $(READY)  ## Write the list of licences of everything that is installed anew
	$(BIN)/python -m tests.attack.licences

clean:  ## Remove everything that is built
	rm -rf _build
