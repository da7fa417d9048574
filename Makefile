# Set-up is two commands: `make demo` and `make test`. Each makes .venv itself where it is missing.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes

# What the demonstration shows beside the core: pages, charts, invoice, rates, compiled counting.
EXTRAS := --extra calendars --extra documents --extra fast --extra invoice --extra money --extra statistics --extra web

.PHONY: demo test check docs mypy basedpyright bench lock clean

demo: $(VENV)/.core
	@$(BIN)/habeas demo --dir demo $(if $(SERVE),--serve) $(if $(STATES),--states $(STATES)) $(DEMO)

# Three for two cores, since many wait for servers and browsers; long files of one test not last.
# What a projection computes with is compiled first, once: workers that begin together would each.
# Hundreds of processes are started: where a machine forbids it, each would compile all anew.
test: $(VENV)/.test
	@$(BIN)/python -c "from habeas.projection.simulate import warm; warm()"
	@env -u PYTHONDONTWRITEBYTECODE PYTHONPYCACHEPREFIX=$(CURDIR)/$(VENV)/pycache $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder --cov --cov-report=term $(PYTEST)

check: $(VENV)/.dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports --no-cache
	@$(MAKE) --no-print-directory -j2 -Otarget mypy basedpyright
	@$(BIN)/deptry .
	@$(BIN)/vulture

# Into build/manual/site: a link that leads nowhere, and a page outside the navigation, end it.
docs: $(VENV)/.test
	@$(BIN)/python -m tools.manual

mypy:
	@$(BIN)/mypy

basedpyright:
	@$(BIN)/basedpyright --level error

bench: $(VENV)/.test
	@$(BIN)/python -m bench

lock:
	@for set in core demo test dev build spark; do \
	  case $$set in core) group=;; demo) group="$(EXTRAS)";; *) group="--group $$set";; esac; \
	  uv pip compile pyproject.toml --universal --generate-hashes --no-strip-extras --no-emit-index-url --no-header \
	    --no-annotate $$group --output-file requirements/$$set.txt >/dev/null; \
	done

clean:
	@rm -rf $(VENV) .bench demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "habeas needs Python 3.11 or newer")'
	@$(PYTHON) -m venv $(VENV)

# The package itself is linked, not copied: --no-build-isolation takes the build tools from the locked file.
$(VENV)/.core: requirements/demo.txt requirements/build.txt pyproject.toml | $(VENV)/bin/python
	@echo "Setting up $(VENV) (once) ..."
	@$(PIP) -r requirements/demo.txt -r requirements/build.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.core
	@$(PIP) -r requirements/test.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.test
	@$(PIP) -r requirements/dev.txt
	@touch $@
