.DEFAULT_GOAL := help
.PHONY: help install demo test soak check format bench

# The Python that .venv is made from; scripts/install.py looks for a newer one where this is older than 3.11.
PYTHON ?= python3
RUN := .venv/bin

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

install: ## Make .venv, the project's own environment; nothing happens where it is up to date
	@command -v "$(PYTHON)" >/dev/null || { echo "Encore needs Python 3.11 or later; there is no $(PYTHON) here." >&2; exit 1; }
	@"$(PYTHON)" scripts/install.py

demo: install ## Try Encore on this machine with a sample contact centre; KEEP=path keeps the database
	@exec $(RUN)/encore demo $(if $(KEEP),--keep "$(KEEP)")

test: install ## Run all tests, on SQLite and PostgreSQL; ARGS="-k word" chooses
	@$(RUN)/pytest $(ARGS)

soak: install ## Kill processes at length, 20 times as long as `make test` does; SOAK=5 is shorter, ENCORE_SEED=n another run
	@ENCORE_SOAK=$(or $(SOAK),20) $(RUN)/pytest -n 2 tests/crash tests/stories/test_rewards_at_once.py tests/stories/test_points_over_http.py $(ARGS)

check: install ## Check format, style, types and layers, then run all tests
	@$(RUN)/ruff format --check --quiet .
	@$(RUN)/ruff check --quiet .
	@$(RUN)/mypy
	@$(RUN)/lint-imports --no-logo
	@$(RUN)/pytest $(ARGS)

format: install ## Format the code and mend what ruff can mend
	@$(RUN)/ruff format --quiet .
	@$(RUN)/ruff check --fix --quiet .

bench: install ## Measure the benches against their ceilings
	@$(RUN)/python -m bench $(ARGS)
