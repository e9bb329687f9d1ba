# The two commands to know are `make demo` and `make test`; `make help` names the others.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON := .venv/bin/python
CATALOGUES := locale/fr/LC_MESSAGES/django.mo locale/en/LC_MESSAGES/django.mo
RUN := .venv/.base-installed $(CATALOGUES)
DEVELOP := $(RUN) .venv/.dev-installed

LOCK := --quiet --no-header --generate-hashes --universal --python $(PYTHON) --python-version 3.12 \
	$(if $(UPGRADE),--upgrade)

.PHONY: help demo test check bench serve worker outbox messages screenshots lock format

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

demo: $(RUN) ## A whole portal on 127.0.0.1: PORT=8123, DEMO_DATA_DIR=…, RESET=1 to start afresh
	@exec $(PYTHON) bin/demo.py

test: $(DEVELOP) ## Every test, on SQLite, on PostgreSQL, and in a browser
	@exec $(PYTHON) bin/run_tests.py

check: $(DEVELOP) ## Lint, format, types, templates, migrations, translations, deployment, locked packages
	@exec $(PYTHON) bin/check.py

bench: $(RUN) ## What each page costs beside the lightest, a receipt, and how the import grows
	@exec $(PYTHON) bin/bench.py

serve: $(RUN) ## The portal as in production, on PORT; docs/settings.md names its variables
	@exec $(PYTHON) bin/serve.py

worker: $(RUN) ## Work outside the requests: run one or more beside `make serve`
	@exec $(PYTHON) manage.py db_worker

outbox: $(RUN) ## Send the mails owed, every 30 seconds: run one or more beside `make serve`
	@exec $(PYTHON) manage.py send_outbox --every 30

messages: $(DEVELOP) ## Write the catalogues anew from the sources; English keeps its translations
	@$(PYTHON) bin/catalogue.py write

screenshots: $(DEVELOP) ## Take the README's pictures again, from a new demonstration, in Chromium
	@exec $(PYTHON) bin/screenshots.py

format: $(DEVELOP) ## Put the Python files in the common shape
	@$(PYTHON) -m ruff check --fix-only --quiet .
	@$(PYTHON) -m ruff format --quiet .

lock: $(DEVELOP) ## Pin what pyproject.toml asks for, with hashes; UPGRADE=1 takes the newest of everything
	@$(PYTHON) -m pip install --quiet 'uv~=0.13.9'
	@$(PYTHON) -m uv pip compile $(LOCK) --output-file requirements/base.txt pyproject.toml
	@$(PYTHON) -m uv pip compile $(LOCK) --output-file requirements/dev.txt --group dev pyproject.toml

# One environment for all: the demonstration and the server need the base packages, the rest adds the tools.
.venv/.%-installed: requirements/%.txt
	@bin/environment.sh $*
	@touch $@

.venv/.dev-installed: .venv/.base-installed

$(CATALOGUES): %.mo: %.po bin/catalogue.py | .venv/.base-installed
	@$(PYTHON) bin/catalogue.py compile $<
