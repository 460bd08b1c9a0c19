# Everything a person or a machine does here has a target; .venv is made from the hashed locks.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test promises check rules lint types imports htmx-check audit soak format sandbox bench \
	bench-audio bench-web calibration demo doctor settings secret purge vendor vendor-check lock openapi clean

# What runs is what the locks say, whatever else the shell has on its path; what Python has compiled,
# and pytest rewritten, is kept for the next process.
unexport PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes
PYTEST := $(BIN)/python -m pytest
WHOLE := $(filter true,$(CI))$(STRICT)
# It takes two fifths of the time, and its bounds are held where everything is tried whole.
COVERAGE := $(if $(filter true,$(CI)),--cov --cov-report=term:skip-covered)
LOCK := uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

help: ## list the targets
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 14

run: .venv/.run ## set up and serve dashboard, API and docs at http://127.0.0.1:8000
	$(BIN)/python -m web

test: .venv/.dev ## set up and run the whole suite, browser tests included; CI=true adds coverage
	@.ci/packages chromium
ifdef ARGS
	$(PYTEST) -n 2 --dist loadgroup $(ARGS)
else
	$(PYTEST) -m load tests/load $(if $(WHOLE),,-n 2)
	$(PYTEST) --ignore tests/load -n 3 --dist loadgroup $(COVERAGE)
endif

promises: .venv/.dev ## hold the load tests' times strictly; wants a quiet machine
	STRICT=1 $(PYTEST) -m load

check: rules test ## everything a change has to pass

rules: lint types imports vendor-check htmx-check ## every check that runs none of the code

lint: .venv/.dev ## ruff: rules and formatting
	$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: .venv/.dev ## mypy: strict on api and web
	$(BIN)/mypy

imports: .venv/.dev ## import-linter: who may call whom
	$(BIN)/lint-imports --no-cache

htmx-check: .venv/.dev ## htmx's own scanner: nothing in the templates is from htmx 2
	$(BIN)/python -m tests.web.htmx_upgrade_check web/templates

audit: .venv/.dev ## our code, our parts, published holes and withdrawn releases; asks the index
	$(BIN)/python -m tests.audit

format: .venv/.dev ## let ruff mend what it can
	$(BIN)/ruff check --fix-only . && $(BIN)/ruff format .

sandbox: .venv/.run ## serve the product against the bundled stand-ins for all sources
	$(BIN)/python -m tests.sandbox.product

soak: .venv/.dev ## an hour of everything at once: what grows is found; MINUTES=3 for less
	$(BIN)/python -m tests.load.soak $(or $(MINUTES),60)

bench: .venv/.dev ## measure latency and throughput on this machine
	@.ci/packages bench
	$(BIN)/python -m tests.bench

bench-web: .venv/.dev ## measure what pages weigh and how fast they stand, beside the design's gates
	@.ci/packages chromium
	$(BIN)/python -m tests.bench.web

bench-audio: .venv/.lab ## measure the analyser beside its targets; REAL=DIR ASAP=DIR adds records
	@.ci/packages bench-audio
	$(BIN)/python -m tests.bench.audio $(ARGS)

calibration: .venv/.lab ## fit again what the analyser's margins are worth; REAL=DIR ASAP=DIR adds records
	@.ci/packages bench-audio
	$(BIN)/python -m tests.bench.audio.calibrate $(ARGS)

demo: .venv/.run ## compose, play and measure the demo label anew
	$(BIN)/python -m api.demo.studio.build && $(BIN)/python -m api.demo.studio.measure

doctor: .venv/.run ## ask every source outside one of each question, live: ARGS=--json for a report
	@$(BIN)/python -m api doctor $(ARGS)

settings: .venv/.run ## print the settings in force, without secrets
	@$(BIN)/python -m api settings

secret: .venv/.run ## print a new key for EARPRINT_SECRET, which sign-in needs
	@$(BIN)/python -m api secret

purge: .venv/.run ## forget everything cached from one source: make purge SOURCE=spotify
	$(BIN)/python -m api purge $(or $(SOURCE),"")

vendor: .venv/.run ## fetch the vendored browser files again (needs npm)
	$(BIN)/python -m web.vendor

vendor-check: .venv/.run ## compare the vendored browser files with their lock, offline
	$(BIN)/python -m web.vendor --check

lock: .venv/.dev ## lock requirements/*.in with hashes; UPGRADE=1 takes newer versions
	$(BIN)/$(LOCK) $(if $(UPGRADE),--upgrade) requirements/run.in -o requirements/run.txt
	$(BIN)/$(LOCK) $(if $(UPGRADE),--upgrade) requirements/dev.in -o requirements/dev.txt
	$(BIN)/$(LOCK) $(if $(UPGRADE),--upgrade) requirements/lab.in -o requirements/lab.txt

openapi: .venv/.run ## write the OpenAPI snapshot that the contract test compares
	$(BIN)/python -m api openapi tests/contract/openapi.json

clean: ## remove the environment and every cache; var/ stays
	rm -rf .venv .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find api web tests -name __pycache__ -type d -prune -exec rm -rf {} +

# A changed lock begins a new environment, so that nothing stays in it that no lock names; so does
# an interpreter that is gone or another since.
ifneq ($(wildcard .venv/bin/pip),)
.PHONY: $(shell $(BIN)/python -c 'import pip' >/dev/null 2>&1 || echo .venv/bin/pip)
endif
.venv/bin/pip: requirements/run.txt requirements/dev.txt requirements/lab.txt
	@.ci/packages python3-venv
	$(PYTHON) -m venv --clear .venv

.venv/.run .venv/.dev .venv/.lab: .venv/.%: .venv/bin/pip
	$(PIP) -r requirements/$*.txt && $(BIN)/python -m pip check
	@touch $@

.venv/.lab: .venv/.dev
