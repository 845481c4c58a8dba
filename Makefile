PYTHON ?= python3
ARGS ?=
BIN = .venv/bin
.DEFAULT_GOAL := help
.PHONY: help setup setup-tests demo up test sure format bench fault fault-hits screenshots migration lock

help: ## list these targets
	@while IFS= read -r line; do case "$$line" in [a-z]*": "*"## "*) printf '  make %-12s %s\n' "$${line%%:*}" "$${line##* ## }";; esac; done < Makefile

setup: ## set everything up: .venv, pinned packages, translations, the pages' styles and scripts
	@$(PYTHON) .ci/setup.py

setup-tests: ## and what the tests need
	@$(PYTHON) .ci/setup.py --tests

demo: setup ## run everything with a sample newsletter and send its issue (ARGS=--once: verify and end)
	@exec $(BIN)/pressrun demo $(ARGS)

up: setup ## run everything on this machine
	@exec $(BIN)/pressrun up $(ARGS)

test: setup-tests ## the whole suite, on SQLite, a real PostgreSQL and a real Valkey (ARGS="tests/unit -k slots")
	@$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadgroup $(ARGS)

sure: setup-tests ## style, types, import contracts, templates, architecture
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/djlint templates/web --lint --quiet
	@$(BIN)/djlint templates/email --extension mjml --ignore H006,H013,H021,H024,H036,T041 --lint --quiet
	@$(BIN)/pytest tests/architecture -q

format: setup-tests ## put the code into its form
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .

bench: setup-tests ## measure: a table, and JSON in var/bench/
	@$(BIN)/python -m tests.benchmark $(ARGS)

fault: setup-tests ## break a whole press on purpose while it sends: one JSON line each, evidence in var/fault/ (ARGS=--list)
	@$(BIN)/python -m tests.fault $(ARGS)

fault-hits: setup-tests ## kill edge, Valkey and consumer forty times, take the database away for a minute: no hit is lost, none counts twice
	@AWAY_SECONDS=60 KILLS=40 $(BIN)/pytest tests/fault/test_collection.py -q $(ARGS)

screenshots: setup-tests ## take the pictures of README.md from a running demo
	@$(BIN)/python -m tests.browser.screenshots

migration: setup-tests ## draft a revision from the models (m="what changes")
	@$(BIN)/pressrun migrate --draft "$(m)"
	@$(BIN)/ruff check --fix --quiet service/migrations/versions
	@$(BIN)/ruff format --quiet service/migrations/versions

# exact versions and hashes, no addresses; the tests' lock holds the running one
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url $(ARGS)
lock: setup-tests ## resolve the packages anew (ARGS=--upgrade)
	@$(COMPILE) pyproject.toml --group pyproject.toml:build --output-file requirements.lock
	@$(COMPILE) pyproject.toml --group pyproject.toml:build --group pyproject.toml:dev --constraint requirements.lock --output-file requirements-dev.lock
