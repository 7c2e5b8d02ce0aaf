# The doors of the house; `make help` lists them.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv/bin/python

# Named for their content: a changed lock file is installed once, an unchanged one never again.
digest = $(shell sha256sum requirements/$(1).txt | cut -c 1-16)
SERVER := .venv/server-$(call digest,server)
DEV := .venv/dev-$(call digest,dev)

COMPILE = $(VENV) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url $(UPGRADE) pyproject.toml --extra server

.DEFAULT_GOAL := help
.PHONY: help dev test test-long lint format lock openapi bench-scan

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

dev: $(SERVER) ## run the site on this machine; PORT=8000 moves it, Ctrl-C stops it
	@export PORT='$(PORT)' MOG_DEV_SIGN_IN=1; \
		exec $(VENV) -I -S mog_site/parent_death.py $$PPID 15 $(VENV) manage.py dev

test: $(DEV) ## run every check and the whole test suite
	@$(VENV) -m tests.run

test-long: $(DEV) ## run what takes minutes: thousands of runs of the money machine
	@$(VENV) -m tests.run --long

lint: $(DEV) ## run every check that is not a test
	@$(VENV) -m tests.run --only-checks

format: $(DEV) ## lay out code and templates
	@$(VENV) -m ruff check --fix --quiet . || true
	@$(VENV) -m ruff format --quiet .
	@$(VENV) -m djlint --reformat --quiet templates || true

lock: $(DEV) ## pin requirements by hash, without addresses; UPGRADE=--upgrade takes newer ones
	@$(COMPILE) --output-file requirements/server.txt
	@$(COMPILE) --group dev --constraints requirements/server.txt --output-file requirements/dev.txt

openapi: $(DEV) ## write the description of the API that a test compares
	@$(VENV) manage.py spectacular --file docs/openapi.yaml

bench-scan: $(DEV) ## measure what scans see, whom they accuse wrongly, and what they cost
	@$(VENV) -m benchmarks.scan_quality
	@$(VENV) -m benchmarks.scan_costs

# Everything of server.txt is in dev.txt, at the same versions.
$(DEV):
	@$(call install,dev)
	@touch $(SERVER) $@

$(SERVER):
	@$(call install,server)
	@touch $@

define install
$(VENV) -m pip --version > /dev/null 2>&1 || { $(venv); }; \
	echo "Installing requirements/$(1).txt ..."; \
	$(VENV) -m pip install --quiet --quiet --disable-pip-version-check --require-hashes \
		--requirement requirements/$(1).txt
endef

define venv
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	echo "mog needs Python 3.11 or newer; name one: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }; \
$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || { \
	echo "$(PYTHON) cannot make a virtual environment; on Debian: apt install python3-venv"; exit 1; }; \
$(PYTHON) -m venv --clear .venv || exit 1
endef
