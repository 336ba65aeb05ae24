# The few commands of Sightline. `make` alone lists them.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PORT ?= 8000
WORKERS ?= 2
CHILDREN ?= 5000
VENV := .venv
BIN := $(VENV)/bin
STAMPS := .stamps
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links

ASSETS := frontend/assets
ASSET_SOURCES := $(shell find $(ASSETS) -type f -not -path '*/node_modules/*' -not -name '*.md' 2>/dev/null)

# What `make check` takes for a production installation; nothing connects to it.
PRODUCTION := DEMO=0 SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(60))') \
	DATABASE_URL=postgresql://nobody@127.0.0.1:9/none ALLOWED_HOSTS=sightline.example \
	BASE_URL=https://sightline.example

export PORT
.DEFAULT_GOAL := help
.PHONY: help install front run test check fix tables bench lock chromium redis clean

help: ## list these commands
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | awk -F'\t' '{ printf "  make %-9s %s\n", $$1, $$2 }'

install: $(STAMPS)/python ## prepare the environment in .venv

front: $(STAMPS)/front ## build the front end

run: $(STAMPS)/python $(STAMPS)/front ## serve the demo at http://127.0.0.1:8000 (PORT=8001 for another port)
	@DEMO=1 DATABASE_POOL=1 exec $(BIN)/sightline serve --prepare

test: $(STAMPS)/python $(STAMPS)/front chromium redis ## run every test
	@$(BIN)/pytest -n $(WORKERS) $(TESTS)

check: $(STAMPS)/python $(STAMPS)/front ## check style, types, imports, migrations, generated pages and production settings
	@$(BIN)/python -m backend.project.checklist

fix: $(STAMPS)/python ## mend what can be mended by itself
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format --quiet .

tables: $(STAMPS)/python ## write the generated pages anew
	@DEMO=1 $(BIN)/sightline tables

bench: $(STAMPS)/python ## measure the speed (CHILDREN=20000 for more)
	@DEMO=1 CHILDREN=$(CHILDREN) $(BIN)/python -m tests.bench

lock: ## pin every package anew
	@$(LOCK) pyproject.toml -o requirements/run.txt >/dev/null
	@$(LOCK) pyproject.toml --group dev -c requirements/run.txt -o requirements/dev.txt >/dev/null
	@$(LOCK) --group installer -o requirements/installer.txt >/dev/null
	@$(LOCK) --group node -o requirements/node.txt >/dev/null

chromium: $(STAMPS)/python
	@$(BIN)/python -m tests.browser.chromium

redis: $(STAMPS)/python
	@$(BIN)/python -m tests.many.redis_server

clean: ## remove everything that was built, and the demo's data
	rm -rf $(VENV) $(STAMPS) .sightline .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache \
		frontend/static_built $(ASSETS)/node_modules *.egg-info

$(STAMPS)/python: requirements/dev.txt requirements/installer.txt pyproject.toml
	@mkdir -p $(STAMPS)
	@sh deploy/install.sh "$(PYTHON)" "$(VENV)"
	@touch $@

$(STAMPS)/front: $(STAMPS)/python $(ASSET_SOURCES)
	@$(BIN)/python -m backend.project.front_end
	@touch $@
