# make run | make test | make check | make bench. Each does all the set-up it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test check format bench sample lock clean

$(VENV)/core.stamp: requirements.txt
	$(PYTHON) -c 'import sys; sys.exit("Handoff needs Python 3.11 or newer; found " + sys.version.split()[0]) if sys.version_info < (3, 11) else 0'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	touch $@

$(VENV)/test.stamp: requirements-test.txt $(VENV)/core.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.txt
	touch $@

run: $(VENV)/core.stamp
	$(BIN)/python -m pages.ui.server

test: $(VENV)/test.stamp
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

check: $(VENV)/test.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/test.stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/test.stamp
	$(BIN)/python -m data.bench
	$(BIN)/python -m data.bench_pages

sample: $(VENV)/core.stamp
	$(BIN)/python -m data.generate

clean:
	rm -rf $(VENV)
