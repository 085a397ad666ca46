# make run    everything on this machine, with a demo: nothing leaves it
# make test   the whole suite: SQLite, then PostgreSQL and Redis, real browsers and real kills
# make lint   style, types, and who may import whom
# make bench  the measured ratios
# make wheel  the package that is installed elsewhere
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
ARGS ?=

.PHONY: run test test-sqlite test-postgres lint format bench wheel messages clean

run: $(VENV)/.runtime
	@$(BIN)/outreach serve --demo $(ARGS)

test: test-sqlite test-postgres

# What starts processes and browsers of its own runs alone: next to others it would wait too long for them.
ALONE := chaos or browser or services
WORKERS ?= 2
# With ARGS, a part of the suite may have none of what was asked for (pytest says 5).
MAY_BE_NONE = $(if $(strip $(ARGS)),|| test $$? = 5,)

test-sqlite: $(VENV)/.dev
	$(BIN)/python -m pytest -m "$(ALONE)" $(ARGS) $(MAY_BE_NONE)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m "not ($(ALONE))" $(ARGS) $(MAY_BE_NONE)

# The same suite on PostgreSQL; what starts processes and browsers of its own has already run above.
test-postgres: $(VENV)/.dev
	OUTREACH_TEST_DATABASE=postgres $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m "not ($(ALONE)) and not once" \
	  $(ARGS) $(MAY_BE_NONE)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks $(ARGS)

wheel: $(VENV)/.dev
	$(BIN)/python -m build --wheel

# Collects the strings of code and templates into the catalogues; translate what is new in outreach/locale.
messages: $(VENV)/.dev
	$(BIN)/pybabel --quiet extract --mapping babel.cfg --keyword N_ --keyword gettext_lazy --keyword ngettext_lazy:1,2 --keyword say_many:1,2 \
	  --no-wrap --add-location=never --sort-output --project outreach --output outreach/locale/outreach.pot .
	$(BIN)/pybabel --quiet update --domain django --input-file outreach/locale/outreach.pot \
	  --output-dir outreach/locale --no-wrap --no-fuzzy-matching --ignore-obsolete
	@rm outreach/locale/outreach.pot

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Outreach needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "Python cannot make an environment. On Debian: apt install python3-venv"; exit 1; }

$(VENV)/.runtime: $(VENV)/bin/python pyproject.toml constraints.txt hatch_build.py $(wildcard outreach/locale/*/LC_MESSAGES/*.po)
	@echo "Installing (once; a minute or so) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . --constraint constraints.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime
	@echo "Installing the tools for tests ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]' --constraint constraints.txt
	@touch $@

clean:
	rm -rf $(VENV) var dist build
