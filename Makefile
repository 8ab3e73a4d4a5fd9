# The targets below set up what they need: a virtual environment in .venv with the locked dependencies.
PYTHON ?= python3
BIN := .venv/bin
# The example's account evidence was made on this day; a report of another day would call it stale.
DEMO_TIME := 1795514400

.PHONY: help demo test lint docs pictures golden bench clean

help: ## List the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

.venv/ready: requirements-dev.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch .venv/ready

demo: .venv/ready ## Audit the examples with recorded account evidence, no credentials needed
	SOURCE_DATE_EPOCH=$(DEMO_TIME) $(BIN)/prodworks audit examples/ready --evidence examples/ready/evidence.json
	SOURCE_DATE_EPOCH=$(DEMO_TIME) $(BIN)/prodworks audit examples/poc --evidence examples/poc/evidence.json -o html=demo-report.html

test: .venv/ready ## Run all tests
	$(BIN)/pytest

lint: .venv/ready ## Check style, types and generated files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python docs/generate.py --check

docs: .venv/ready ## Write the generated documentation and example evidence
	$(BIN)/python examples/evidence.py
	$(BIN)/python docs/generate.py

pictures: .venv/ready ## Make the pictures of the README; needs Chromium
	$(BIN)/python docs/pictures.py

golden: .venv/ready ## Write the golden reports anew; read the difference before you commit it
	PRODWORKS_UPDATE_GOLDEN=1 $(BIN)/pytest tests/render tests/e2e

bench: .venv/ready ## Measure speed and memory beside what users would pick instead
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/render.py

clean: ## Remove what the targets made
	rm -rf .venv dist demo-report.html
