# Everything a person types. `make help` lists it.
PYTHON ?= python3
PORT ?= 8000
AMENDS_DATA ?= data
AMENDS_SHARED_DATA ?= $(wildcard $(CURDIR)/../shared/data)
export PORT AMENDS_DATA AMENDS_SHARED_DATA
MAKEFLAGS += -j2 # scripts and styles are built beside the rest: most machines have two cores
unexport PYTHONDONTWRITEBYTECODE # without compiled modules every start takes three times as long

BIN := .venv/bin
UV := $(PYTHON) -m uv
SOURCES_OF_FRONT := $(shell find src/amends/desk -path '*/static/built' -prune -o \( -name '*.ts' -o -name '*.css' -o -name '*.html' \) -print 2>/dev/null)
CATALOGUES := $(wildcard src/amends/locale/*/LC_MESSAGES/django.po)
CUES := $(wildcard src/amends/engine/languages/*/*.toml src/amends/engine/languages/*.py src/amends/engine/languages/*/__init__.py)
MODULES := $(shell find src/amends -name '*.py')

.DEFAULT_GOAL := help
.PHONY: help setup company run test check audit format bench bench-load bench-peers soak faults image quality model encoder lock messages screenshots site clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

setup: build/python build/front build/messages build/bytecode build/cues ## Install everything into .venv and build the front end

# A new desk's data is laid out while scripts and styles are built; where there is a desk, 'serve' looks after it.
company: build/python build/messages build/bytecode build/cues
	@[ -e "$(AMENDS_DATA)/amends.sqlite3" ] || [ -n "$$DATABASE_URL" ] || $(BIN)/amends prepare --example --no-pages

# uv comes through pip, and brings Python 3.13 where the machine has none. A system Python that refuses installs
# (PEP 668) gets uv in a folder of its own.
build/uv:
	@mkdir -p build
	@echo "Looking for uv, which installs Python packages …"
	@$(UV) --version >/dev/null 2>&1 || $(PYTHON) -m pip install --quiet uv 2>/dev/null \
		|| { $(PYTHON) -m venv build/uvenv && build/uvenv/bin/python -m pip install --quiet uv; }
	@touch $@

build/python: requirements.lock pyproject.toml .python-version | build/uv
	@echo "Installing Python 3.13, if it is missing, and the Python packages into .venv: a minute at the first time …"
	@uv() { if [ -x build/uvenv/bin/python ]; then build/uvenv/bin/python -m uv "$$@"; else $(UV) "$$@"; fi; }; \
	[ -x $(BIN)/python ] || uv venv --quiet --python 3.13 .venv; \
	uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock && \
	uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

# Node comes from the machine, or from a wheel.
build/front: package-lock.json package.json $(SOURCES_OF_FRONT) | build/python
	@echo "Building scripts and styles, with Node and its packages where they are missing …"
	@PATH="$$($(BIN)/python tools/node_path.py):$$PATH"; \
	{ [ -f node_modules/.package-lock.json ] && [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --silent --no-fund --no-audit; } \
	&& npm run --silent build
	@touch $@

build/messages: $(CATALOGUES) | build/python
	@echo "Compiling the translations …"
	@$(BIN)/python tools/messages.py compile
	@touch $@

build/bytecode: $(MODULES) | build/python
	@echo "Compiling the Python modules, so that every start is quick …"
	@$(BIN)/python tools/bytecode.py
	@touch $@

build/cues: $(CUES) | build/bytecode
	@echo "Reading the words of four languages …"
	@$(BIN)/python tools/parse_cues.py
	@touch $@

run: setup company ## Open the desk with example data at 127.0.0.1:8000 (PORT, AMENDS_DATA)
	@$(BIN)/amends serve

test: setup build/scale build/site-packages ## Run every test, on SQLite and PostgreSQL, and in a browser
	@$(BIN)/python tools/run_tests.py

check: setup ## Format, lint, types, import contracts, templates, translations, migrations
	@$(BIN)/python tools/check.py

audit: setup ## Ask whether a locked package has a known hole (needs the network; IF_REACHED=1: no failure without it)
	@$(BIN)/python tools/audit.py --uv "$(if $(wildcard build/uvenv/bin/python),build/uvenv/bin/python -m uv,$(UV))" $(if $(IF_REACHED),--if-reached)

format: setup ## Put code into its usual shape
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

bench: setup ## Measure speed (FIGURES: over how many complaints the pages of figures are asked)
	@$(BIN)/python tools/bench.py $(if $(FIGURES),--figures $(FIGURES))
	@$(BIN)/python tools/bench_audit.py $(MESSAGES)
	@$(BIN)/python tools/bench_doors.py

bench-load: setup ## Let 500 agents and 5,000 customers act for ten minutes on PostgreSQL (AGENTS, CUSTOMERS, MINUTES, BURST=1)
	@$(BIN)/python tools/bench_load.py --agents $(or $(AGENTS),500) --customers $(or $(CUSTOMERS),5000) --minutes $(or $(MINUTES),10) $(if $(BURST),--burst)

soak: setup build/scale ## Kill workers and archives, cut every line, fill the disk, read broken mails, watch memory (ROUNDS, SEED, MAILS, STEADY)
	@$(BIN)/python tools/soak.py --rounds $(or $(ROUNDS),200) --seed $(or $(SEED),1) --mails $(or $(MAILS),20000)
	@AMENDS_MADE_UP_MAILS=2000 $(BIN)/python -m pytest -p no:cacheprovider -q tests/desk/channels/test_made_up_mails.py
	@PYTHONPATH=build/scale $(BIN)/python tools/soak.py --storm --store --rounds $(or $(ROUNDS),200) --seed $(or $(SEED),1)
	@$(BIN)/python tools/soak.py --storm --postgresql --rounds $(or $(ROUNDS),200) --seed $(or $(SEED),1)
	@PYTHONPATH=build/scale $(BIN)/python tools/soak.py --archive --store --rounds 15 --seed $(or $(SEED),1)
	@PYTHONPATH=build/scale $(BIN)/python tools/soak.py --archive --store --postgresql --rounds 15 --seed $(or $(SEED),1)
	@$(BIN)/python tools/run_tests.py --large
	@$(BIN)/python tools/older.py && $(BIN)/python tools/older.py --postgresql
	@$(BIN)/python tools/run_tests.py --schemas
	@$(BIN)/python tools/steady.py --minutes $(or $(STEADY),60)

faults: setup build/scale ## Short storms, one after the other, until FAULTS (10,000) faults have happened; ledger in build/faults.jsonl
	@PYTHONPATH=build/scale $(BIN)/python tools/soak.py --storm --store --rounds 12 --seed $(or $(SEED),1) --faults $(or $(FAULTS),10000)
	@PYTHONPATH=build/scale $(BIN)/python tools/soak.py --storm --store --postgresql --rounds 12 --seed $(or $(SEED),1) --faults $$(( $(or $(FAULTS),10000) / 4 ))

bench-peers: setup ## Ask Amends, django-helpdesk and Request Tracker 5 for the same, over the same complaints (COMPLAINTS)
	@$(BIN)/python tools/bench_peers.py --keep --complaints $(or $(COMPLAINTS),1000)

image: setup ## Build the image of deploy/ and try it, alone and composed (an engine of Debian's packages where there is none)
	@$(BIN)/python tools/image.py $(if $(KEEP),--keep)

quality: setup ## Measure judgement on the labelled replies
	@$(BIN)/python tools/quality.py

model: setup build/tuning ## Build the learned reader from training/ (minutes to an hour, by machine)
	@PYTHONPATH=build/tuning $(BIN)/python training/make_model.py && $(BIN)/python training/make_causes.py

encoder: setup build/tuning ## Tune the last layers of the sentence model to training/ (half an hour; then: make model)
	@PYTHONPATH=build/tuning $(BIN)/python training/encoder.py

# What learning needs beside the project itself; no part of .venv, which every user has.
build/tuning: training/requirements.lock | build/python
	@uv() { if [ -x build/uvenv/bin/python ]; then build/uvenv/bin/python -m uv "$$@"; else $(UV) "$$@"; fi; }; \
	uv pip install --quiet --python $(BIN)/python --target $@ --require-hashes --requirement training/requirements.lock
	@touch $@

# What tests of large sites need: a cluster, an object store, traces. No part of .venv either.
build/scale: tests/scale/requirements.lock | build/python
	@echo "Installing a cluster, an object store and traces for the tests: some minutes at the first time …"
	@uv() { if [ -x build/uvenv/bin/python ]; then build/uvenv/bin/python -m uv "$$@"; else $(UV) "$$@"; fi; }; \
	rm -rf $@ && uv pip install --quiet --python $(BIN)/python --target $@ --require-hashes --requirement tests/scale/requirements.lock
	@touch $@

messages: setup ## Collect translatable sentences into the catalogues
	@$(BIN)/python tools/messages.py extract

screenshots: setup ## Make the pictures of README and guides
	@$(BIN)/python tools/screenshots.py

site: setup build/site-packages ## Build the documentation as a site in build/site, without the network
	@$(BIN)/python tools/build_site.py

# What the site needs; no part of .venv either.
build/site-packages: docs/site/requirements.lock | build/python
	@uv() { if [ -x build/uvenv/bin/python ]; then build/uvenv/bin/python -m uv "$$@"; else $(UV) "$$@"; fi; }; \
	rm -rf $@ && uv pip install --quiet --python $(BIN)/python --target $@ --require-hashes --requirement docs/site/requirements.lock
	@touch $@

lock: | build/uv ## Lock the Python packages again
	@$(UV) pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --python-version 3.13 --group dev pyproject.toml --output-file requirements.lock
	@$(UV) pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --python-version 3.13 training/requirements.in --output-file training/requirements.lock
	@$(UV) pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --python-version 3.13 docs/site/requirements.in --output-file docs/site/requirements.lock
	@$(UV) pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --python-version 3.13 -c requirements.lock tests/scale/requirements.in --output-file tests/scale/requirements.lock
	@$(UV) pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --python-version 3.13 --extra s3 --extra traces -c requirements.lock -c tests/scale/requirements.lock pyproject.toml --output-file deploy/requirements.lock

clean: ## Remove everything that was built, but no data
	@rm -rf .venv build node_modules src/amends/desk/web/static/built
