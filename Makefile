# The commands of developers and build servers. Each target installs what it needs, once.
#
#   make run ARGS="--port 5455"      arguments for the command
#   make test ARGS="-k labels -x"    arguments for pytest
#   make install PYTHON=python3.12   another interpreter

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?=
ARGS ?=
# Two processes per core (tests/conftest.py), as many tests wait. The tests of one SDK are in one
# process, and the longest groups begin first (tests/kit/xdist_groups.py). One process, for a debugger:
# ARGS="-n 0".
PARALLEL := -n auto --maxprocesses 8 --dist loadscope --no-loadscope-reorder
INSTALL := $(BIN)/python tools/install.py
# Compile each module once, not in each process that tests start.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help install run demo test contract crash lint types bench bench-quick load docs
.PHONY: sdk-environments contract-environments fuzz audit clean

help:
	@echo "make install            the emulator, into $(VENV)"
	@echo "make run                start the emulator on http://127.0.0.1:5454"
	@echo "make demo               play the whole tutorial against a throw-away emulator"
	@echo "make test               all tests, with three generations of the SDK"
	@echo "make contract           documents and methods of eight generations of the SDK, and slow tests"
	@echo "make crash              kill servers 1,000 times while clients write, and compare their data"
	@echo "make lint               style, formatting, imports between rooms, citations of rules"
	@echo "make types              mypy, strict"
	@echo "make fuzz               10,000 random requests; CALLS=500 for another number"
	@echo "make audit              known vulnerabilities of the packages that the emulator needs"
	@echo "make bench              measurements, written to docs/performance.md (some minutes)"
	@echo "make bench-quick        a short form of them, in a minute"
	@echo "make load               many SDK clients at once; ARGS=\"--seconds 600 --pause 1\" for a long run"
	@echo "make docs               generate pages of the documentation and prepared forms again"
	@echo "make sdk-environments   an environment for each SDK that make test uses, in .venvs"
	@echo "make clean              remove environments and caches; your data (.kili-emulator) stay"

install: $(VENV)/.installed

run: $(VENV)/.installed
	@$(BIN)/kili-emulator start $(ARGS)

demo: $(VENV)/.installed
	@$(BIN)/python examples/tutorial.py $(ARGS)

test: $(VENV)/.installed-dev sdk-environments
	$(BIN)/python -m pytest $(PARALLEL) $(ARGS)

contract: $(VENV)/.installed-dev contract-environments
	@status=0; $(BIN)/python -m pytest -m "surface or contract" $(PARALLEL) $(ARGS) || status=$$?; \
	$(BIN)/python -m tests.contract.coverage && exit $$status

crash: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -m crash -n 0 tests/crash $(ARGS)

lint: $(VENV)/.installed-dev
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_citations.py

types: $(VENV)/.installed-dev
	$(BIN)/python -m mypy

CALLS := 10000
fuzz: $(VENV)/.installed-dev
	FUZZ_CALLS=$(CALLS) $(BIN)/python -m pytest -n 0 -o faulthandler_timeout=3600 \
	  tests/security/test_random_requests.py $(ARGS)

audit: $(VENV)/.installed
	@$(BIN)/python tools/audit.py $(ARGS)

bench: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks $(ARGS)

bench-quick: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks --quick

load: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks.load $(ARGS)

docs: $(VENV)/.installed-dev
	$(BIN)/python -m tests.contract.sdk_surface
	$(BIN)/python -m tests.contract.coverage
	$(BIN)/python -m tests.kit.lint_rules_page
	$(BIN)/python -m tests.kit.settings_page
	$(BIN)/python -m tests.kit.control_plane_description
	$(BIN)/python -m tests.kit.prepared_forms

sdk-environments: $(VENV)/.installed
	@$(BIN)/python tests/kit/sdk_environments.py

contract-environments: $(VENV)/.installed
	@$(BIN)/python tests/kit/sdk_environments.py --contract

clean:
	rm -rf $(VENV) .venvs build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp for each state of the environment; a new pyproject.toml makes them stale.

$(VENV)/.installed: $(VENV)/.created pyproject.toml
	@echo "Installing the emulator into $(VENV) ..."
	@$(INSTALL) --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.created pyproject.toml
	@echo "Installing the emulator and its test tools into $(VENV) ..."
	@$(INSTALL) --editable '.[dev]'
	@touch $(VENV)/.installed $@

$(VENV)/.created:
	@for python in $(or $(PYTHON),python3 python3.13 python3.12 python3.11 python3.10); do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1; then \
	    echo "Creating $(VENV) with $$("$$python" --version) ..."; \
	    "$$python" -m venv --clear $(VENV) && touch $@ && exit 0; \
	    echo "On Debian and Ubuntu the package python3-venv has what is missing." >&2; exit 1; \
	  fi; \
	done; \
	echo "The emulator needs Python 3.10 or newer, and none was found (looked for:" \
	  "$(or $(PYTHON),python3 python3.13 python3.12 python3.11 python3.10))." \
	  "Install one, or say where it is: make install PYTHON=/path/to/python3" >&2; \
	exit 1
