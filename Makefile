# MEG: `make run` to try it, `make test` to test it. Needs Debian or Ubuntu with Python 3.11 or later.

PYTHON ?= python3
VENV := .venv
UV := UV_PROJECT_ENVIRONMENT=$(VENV) $(VENV)/bin/uv
SYNC := sync --frozen --inexact --quiet --compile-bytecode
PACKAGES := domain db ingest matching archive search config api
UV_VERSION := 0.13.9
RUN_READY := $(VENV)/.ready-to-run
TEST_READY := $(VENV)/.ready-to-test

# Scans are read by Tesseract; without it they wait. Tried once, in two minutes at the most.
SCANS := $(VENV)/.asked-for-tesseract
OCR_PACKAGES := tesseract-ocr tesseract-ocr-fra tesseract-ocr-deu

.PHONY: run test lint clean

run: $(RUN_READY) $(SCANS) ## Load the sample, serve the web page, tend the drop folder
	@$(VENV)/bin/meg demo --if-empty
	@$(VENV)/bin/meg run

test: $(TEST_READY) $(SCANS) ## Pass the tests that need nothing but this checkout
	@$(VENV)/bin/python -m pytest -q -n 2 -m "not shared and not browser and not slow and not postgresql and not s3 and not tesseract and not openssl and not fuse"

lint: $(TEST_READY) ## Lint, format, types, import contracts
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports --no-logo

clean: ## Remove the environment and caches; data in var/ stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis dist

$(VENV)/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "MEG needs Python 3.11 or later; this is $$($(PYTHON) --version 2>&1)."; \
	    echo "Say which one to use: make PYTHON=python3.12 run"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
	  if [ "$$(id -u)" = 0 ]; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv; \
	  else echo "Python's venv module is missing: sudo apt-get install python3-venv"; exit 1; fi; }
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(RUN_READY): $(VENV)/bin/uv pyproject.toml uv.lock
	@echo "Installing what MEG needs into $(VENV), once; this takes a minute or two."
	@$(UV) $(SYNC) --no-dev
	@$(VENV)/bin/python -m compileall -q $(PACKAGES)
	@touch $@

$(SCANS): | $(VENV)/bin/uv
	@command -v tesseract >/dev/null || { \
	  [ "$$(id -u)" = 0 ] && timeout 120 sh -c 'export DEBIAN_FRONTEND=noninteractive; \
	    { apt-get install -y -qq --no-install-recommends $(OCR_PACKAGES) || { apt-get update -qq && \
	    apt-get install -y -qq --no-install-recommends $(OCR_PACKAGES); }; }' >/dev/null 2>&1; } || \
	  echo "Scans will wait until they can be read: sudo apt-get install $(OCR_PACKAGES)"
	@touch $@

$(TEST_READY): $(VENV)/bin/uv pyproject.toml uv.lock
	@$(UV) $(SYNC)
	@$(VENV)/bin/python -m compileall -q $(PACKAGES)
	@touch $@
