# Two commands do everything: `make demo` shows the product, `make test` proves it. Both set up what they need.
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000
DATA ?=
WORKERS ?= auto
.DEFAULT_GOAL := help

.PHONY: help demo test lint format bench figures real-input lock browser nginx clean

help:
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# One marker a lock: the environment is made anew when the pinned packages change.
.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -m venv .venv 2>/dev/null || $(MAKE) -s venv-by-apt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --no-deps --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch .venv/ready

.PHONY: venv-by-apt
venv-by-apt:
	@command -v apt-get >/dev/null || { echo 'python3 has no venv module: install your system’s python3-venv'; exit 1; }
	@$(AS_ROOT) sh -c 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv' >/dev/null
	@rm -rf .venv && $(PYTHON) -m venv .venv

AS_ROOT := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

browser:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || { \
	  echo 'installing Chromium for the browser tests'; \
	  $(AS_ROOT) sh -c 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium' >/dev/null; }

nginx:
	@command -v nginx >/dev/null || { \
	  echo 'installing nginx for the tests of its recipes'; \
	  $(AS_ROOT) sh -c 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq nginx-light' >/dev/null; }

demo: .venv/ready ## a newspaper with a paywall and simulated payments, at the printed address
	@$(BIN)/python -m compileall -q paywall
	@$(BIN)/paywall demo --company --port $(PORT) $(if $(DATA),--data $(DATA))

test: .venv/ready browser nginx ## the whole suite: SQLite, PostgreSQL, Redis, nginx, real Chromium
	@$(BIN)/pytest -n $(WORKERS) -q

lint: .venv/ready ## ruff and mypy, strict
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: .venv/ready ## what ruff can mend by itself
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

.PHONY: wrk
wrk:
	@command -v wrk >/dev/null || $(AS_ROOT) sh -c 'apt-get update -qq && apt-get install -y -qq wrk' >/dev/null

bench: .venv/ready wrk ## speed, as ratios to a bare Flask article in the same run
	@$(BIN)/python -m bench.articles

figures: .venv/ready wrk nginx ## the long runs: storms, races, contracts, in full
	@$(BIN)/python -m bench.figures

real-input: .venv/ready ## import and cut pages and feeds that nobody here wrote, fetched now
	@$(BIN)/python -m bench.real_input
	@$(BIN)/python -m bench.cut_pages

lock: ## write requirements.lock anew from pyproject.toml
	@$(BIN)/uv export --quiet --extra server --group dev --no-emit-project --no-emit-index-url --no-header -o requirements.lock

clean:
	@rm -rf .venv build dist
