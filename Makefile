# make assess   set up and assess the Guatemala dossier
# make test     set up and run every check
# make bench    set up and print the measurements
# make lock     choose the newest versions again (needs the program uv)

PYTHON ?= $(shell for each in python3.12 python3.11 python3 python; do \
	$$each -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' 2>/dev/null && echo $$each && break; done)
DOSSIER ?= seeds/guatemala-2007/dossier.yaml
VENV := .venv
BIN := $(VENV)/bin

.PHONY: assess test bench lock clean

assess: $(VENV)/installed
	@$(BIN)/tierengine assess $(DOSSIER); status=$$?; \
	if [ $$status -eq 4 ]; then exit 0; else exit $$status; fi  # 4: done, and several tiers stay open

test: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/tierengine lint
	$(BIN)/tierengine prove
	$(BIN)/tierengine test
	$(BIN)/python -m pytest

bench: $(VENV)/benchmark
	$(BIN)/python benchmarks/engine.py
	$(BIN)/python benchmarks/lab.py
	$(BIN)/python benchmarks/corpora.py
	$(BIN)/python benchmarks/ledger.py
	$(BIN)/python benchmarks/answers.py
	$(BIN)/python benchmarks/sources.py

# The build tools come first, so that durable-rules is built with the locked ones and not with the newest.
$(VENV)/installed: pyproject.toml requirements.lock build.lock
	@test -n "$(PYTHON)" || { echo "tierengine needs Python 3.11 or 3.12; install one, or run: make PYTHON=/path/to/python3.12"; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r build.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-build-isolation -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/benchmark: $(VENV)/installed benchmark.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-build-isolation -r benchmark.lock
	@touch $@

COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --upgrade --quiet

lock:
	$(COMPILE) --group test --group docs pyproject.toml --output-file requirements.lock
	echo 'setuptools>=77' | $(COMPILE) - --output-file build.lock
	$(COMPILE) --group benchmark pyproject.toml --output-file benchmark.lock

clean:
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis
