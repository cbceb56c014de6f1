# `make` lists the commands.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FLASK := $(BIN)/flask --app wsgi

export WEBAPP_ENV ?= demo
export DATA_DIR ?= data
export PORT ?= 8000
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help run hosts install test check format bench soak faults lock sbom translations

help: ## List the commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

run: $(VENV)/installed ## Start server and worker on http://127.0.0.1:8000 (PORT), with demo data where there are none
	@.ci/packages run
	@$(FLASK) translations compile
	@$(FLASK) db upgrade
	@if [ "$(WEBAPP_ENV)" = demo ]; then $(FLASK) demo seed; fi
	@$(BIN)/python -m webapp.cli.serve

hosts: install ## Start two hosts behind nginx on one PostgreSQL, all on this machine, with demo data
	@$(FLASK) translations compile
	@env -u WEBAPP_ENV -u DATA_DIR -u PORT $(BIN)/python -m tests.journeys.hosts

install: ## Install system packages (as root on Debian) and the environment, for tests too
	@.ci/packages test
	@$(MAKE) --no-print-directory $(VENV)/installed

$(VENV)/installed: requirements.lock
	@.ci/packages run
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the environment…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

# Tests sync thousands of small databases to disk; where there is a disk in memory they take it. Journeys, which kill
# processes and look for what was acknowledged, keep to the real one.
QUICK_DISK := $(shell test -w /dev/shm && echo /dev/shm || echo /tmp)

test: install ## All tests: values, domain, web, journeys, structure
	@$(FLASK) translations compile
	@env -u WEBAPP_ENV -u DATA_DIR -u PORT TMPDIR=$(QUICK_DISK) $(BIN)/pytest -n 2 --dist worksteal --ignore tests/journeys
	@env -u WEBAPP_ENV -u DATA_DIR -u PORT $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder tests/journeys

check: $(VENV)/installed ## Format, lint, types, templates, import directions, translations, dependencies
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/djlint templates --lint --quiet
	@$(BIN)/lint-imports
	@env -u WEBAPP_ENV -u DATA_DIR -u PORT $(BIN)/pytest tests/structure/test_translations.py
	@$(BIN)/python .ci/dependencies

format: $(VENV)/installed ## Put code into shape
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

bench: $(VENV)/installed ## Measure the figures of docs/operations.md (BENCHES, BENCH_ENTRIES)
	@env -u WEBAPP_ENV -u DATA_DIR -u PORT $(BIN)/python -m tests.bench $(BENCHES)

soak: install ## Hours of random kills, races, inputs and load (SOAK_MINUTES, TESTS)
	@env -u WEBAPP_ENV -u DATA_DIR -u PORT $(BIN)/pytest -m soak -s $(TESTS)

FAULTS := tests/journeys/test_killed_acts.py tests/journeys/test_kill.py tests/journeys/test_faults.py \
	tests/journeys/test_slow_database.py tests/journeys/test_hosts.py tests/domain/test_faults.py
faults: install ## Count what each fault of docs/operations.md costs: acts sent, acknowledged, found again, doubled (TESTS)
	@$(FLASK) translations compile
	@env -u WEBAPP_ENV -u DATA_DIR -u PORT $(BIN)/pytest -s -m "not bench" -k "not for_long" $(or $(TESTS),$(FAULTS))

lock: $(VENV)/installed ## Lock what setup.cfg asks for, with hashes
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
		--extra test --extra dev --extra bench setup.cfg -o requirements.lock

sbom: $(VENV)/installed ## List of all parts (CycloneDX), build/sbom.cdx.json
	@mkdir -p build
	@$(BIN)/cyclonedx-py environment --output-reproducible --of JSON -o build/sbom.cdx.json $(BIN)/python
	@echo "build/sbom.cdx.json: $$(grep -c '"bom-ref"' build/sbom.cdx.json) parts"

translations: $(VENV)/installed ## Bring catalogues up to the sentences in the code, and compile them
	@$(FLASK) translations update
	@$(FLASK) translations compile
