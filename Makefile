# The two commands of a newcomer: `make demo` and `make test`. Needs Python 3.11 or newer and make, nothing else.
PYTHON ?= python3
PORT ?= 8000
BIN = .venv/bin
ASSETS = portal/static/vendor/manifest.json
CATALOGUE = portal/translations/vi/LC_MESSAGES/messages
FLASK = $(BIN)/flask --app wsgi

.DEFAULT_GOAL = help
.PHONY: help demo demo-data demo-people demo-reset test thorough chaos lint check-types contracts translations serve bench lock migrate clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "The portal needs Python 3.11 or newer; name it with: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv
	@touch $@

.venv/runs: .venv/made requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/tests: .venv/runs requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

$(ASSETS): .venv/runs package.json package-lock.json frontend.py $(wildcard capture/*.js) $(wildcard portal/static/*.css) styles/pico.scss
	$(BIN)/python frontend.py

$(CATALOGUE).mo: .venv/runs $(CATALOGUE).po
	$(BIN)/pybabel -q compile -d portal/translations

demo: demo-data  ## a commune with invented people on http://localhost:8000
	@$(FLASK) demo sign-ins --url http://localhost:$(PORT) --password "$$(cat instance/demo.password)"
	@$(MAKE) --no-print-directory serve

demo-data: .venv/runs $(ASSETS) $(CATALOGUE).mo
	@$(FLASK) db upgrade
	@test -e instance/demo.made || $(MAKE) --no-print-directory demo-people

demo-people:
	@$(BIN)/python -c "import secrets; print(secrets.token_hex(5))" > instance/demo.password
	@$(FLASK) demo load --recipients 1280 --communes 2 --password "$$(cat instance/demo.password)"
	@$(FLASK) demo road
	@touch instance/demo.made

demo-reset:  ## forget the demonstration and start over
	rm -rf instance/portal.sqlite* instance/photos instance/demo.password instance/demo.made
	@$(MAKE) --no-print-directory demo

serve: .venv/runs $(ASSETS) $(CATALOGUE).mo
	@$(FLASK) jobs work & worker=$$!; trap "kill $$worker 2>/dev/null" EXIT; trap exit INT TERM; \
	$(BIN)/granian --interface wsgi --host 127.0.0.1 --port $(PORT) --workers 2 --blocking-threads 32 --no-ws --log-level error wsgi:app

test: lint check-types contracts translations  ## everything that CI runs, on SQLite and PostgreSQL
	$(BIN)/pytest -n auto

thorough: .venv/tests $(ASSETS) $(CATALOGUE).mo  ## the tests with every file of the corpora
	PORTAL_THOROUGH=1 $(BIN)/pytest -n auto

RUNS ?= 200
SEED ?= 1
chaos: .venv/tests $(ASSETS) $(CATALOGUE).mo  ## field capture under random faults, RUNS=200 SEED=1
	$(BIN)/python -m tests.chaos --runs $(RUNS) --seed $(SEED) --jobs 2

lint: .venv/tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check

check-types: .venv/tests
	$(BIN)/mypy

contracts: .venv/tests
	$(BIN)/lint-imports --no-cache

translations: .venv/tests $(ASSETS) $(CATALOGUE).mo

words: .venv/tests  ## collect the texts for translators into messages.po
	$(BIN)/python -m babel.messages.frontend -q extract -F babel.cfg -k _l -k lazy_gettext --no-location -o messages.pot portal
	$(BIN)/python -m babel.messages.frontend -q update -i messages.pot -d portal/translations -l vi --no-fuzzy-matching --ignore-obsolete

bench: .venv/tests $(ASSETS) $(CATALOGUE).mo  ## the figures of the README, as ratios to their limits
	$(BIN)/python -m benchmarks

lock:  ## write the locked versions anew from pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-emit-index-url --generate-hashes pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-emit-index-url --generate-hashes --group dev -c requirements.txt pyproject.toml -o requirements-dev.txt

clean:  ## remove what make made, but no data
	rm -rf .venv node_modules portal/static/vendor $(CATALOGUE).mo
