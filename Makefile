# One command for each job; every one sets up what it needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Material for MkDocs tells about its own end of life at each start; docs/decisions/0001 deals with that.
export NO_MKDOCS_2_WARNING := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
PIP := $(BIN)/python -m pip install --quiet --require-hashes

.PHONY: help site serve test cover quick check verify links golden bench lock relock clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

site: $(VENV)/.site ## Build the site into site/
	$(BIN)/mkdocs build --strict
	@echo "The site is in site/. To look at it:  $(PYTHON) -m http.server --directory site --bind 127.0.0.1 8000"
	@echo "and open http://127.0.0.1:8000/ in a browser. Or run 'make serve' to see your changes as you make them."

serve: $(VENV)/.site ## Show the site, and every change to it, at http://127.0.0.1:8000/
	$(BIN)/mkdocs serve

test: $(VENV)/.test ## Run all tests, the browser's included
	$(BIN)/python tests/browser.py
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

cover: $(VENV)/.test ## Run all tests, and say which lines none of them runs; takes half as long again
	$(BIN)/python tests/browser.py
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --cov --cov-report=term:skip-covered $(ARGS)

quick: $(VENV)/.test ## Run the tests that need no browser, no Graphviz and no site
	$(BIN)/python -m pytest -m "not graphviz and not site and not browser and not long" $(ARGS)

check: $(VENV)/.test ## Check the code, its types and the pathways
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pathbook check --strict
	$(BIN)/pathbook test --complete
	$(BIN)/python tests/audit.py

verify: site $(VENV)/.test ## Prove the built site: links, books, barriers
	$(BIN)/python tests/browser.py
	$(BIN)/pathbook verify site $(ARGS)

links: site $(VENV)/.test ## Ask other hosts whether the site's links still work
	$(BIN)/pathbook links site $(ARGS)

golden: $(VENV)/.test ## Write the expected files of the tests anew; look at the difference before you commit it
	$(BIN)/python -m pytest -q --write-golden -m "not site and not browser"

bench: $(VENV)/.bench ## Measure how fast things are on this machine; with ARGS=--scale also 24,000 pages
	$(BIN)/python tests/browser.py
	$(BIN)/python benchmarks/measure.py $(ARGS)

lock: UPGRADE := --upgrade
lock: relock ## Choose the newest versions of all that is installed, and lock them

relock: $(VENV)/.test ## Lock what the project asks for, with the versions that are locked already
	set -e; lock() { \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras $(UPGRADE) \
	    --no-header --no-annotate --group build "$$@" pyproject.toml; }; \
	lock --output-file requirements/site.txt; \
	lock --output-file requirements/test.txt --group test --group lint; \
	lock --output-file requirements/bench.txt --group test --group lint --group bench --constraint requirements/test.txt

clean: ## Take away everything that was made
	rm -rf $(VENV) site .site-* .site.lock .mypy_cache .ruff_cache .hypothesis .coverage

$(VENV)/.site: requirements/site.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; this is " + sys.version.split()[0])'
	[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	$(PIP) -r requirements/site.txt
	$(BIN)/python -m pip install --quiet --no-build-isolation --no-deps --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.site requirements/test.txt
	$(PIP) -r requirements/test.txt
	@touch $@

$(VENV)/.bench: $(VENV)/.test requirements/bench.txt requirements/mermaid.txt
	$(PIP) -r requirements/bench.txt
	@# A package that carries Mermaid's script; it is only weighed, so it may be made for another Python.
	$(BIN)/python -m pip download --quiet --require-hashes --no-deps --only-binary=:all: --python-version 3.12 \
	  --dest $(VENV)/mermaid -r requirements/mermaid.txt || echo "Mermaid's script could not be had."
	@touch $@
