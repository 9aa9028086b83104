# Qingwang 清网. A newcomer needs two of these: `make demo` and `make test`.
PY := .venv/bin/python
# Tests that share a costly fixture stay together, long groups begin first (tests/conftest.py).
PYTEST := .venv/bin/python -m pytest --dist loadgroup --no-loadscope-reorder
# One process more than there are cores: these tests wait for shops, browsers and deaths half of the time.
WAITING := -n $(shell expr 1 + $$(getconf _NPROCESSORS_ONLN))
# What is compiled once is kept, whatever the surroundings say: the tests start the program some hundred times.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo test test-all test-long check bench clean

setup: ## virtual environment, packages, Chromium; quick the second time
	@sh .ci/setup

demo: setup ## crawl the bundled mall, print leads, write and verify one package
	@.venv/bin/qingwang demo

test: setup ## the quick tests, under 5 minutes; test-all adds Oscar, the browser, kills, figures
	@$(PYTEST) -n auto -m "not oscar and not vendure and not browser and not kill and not slow and not long"

test-all: setup ## everything but the long ones: Oscar, the browser, kills, figures; a quarter of an hour or more
	@sh .ci/setup oscar
	@$(PYTEST) $(WAITING) -m "not long and not vendure"

test-long: setup ## what takes ten seconds to minutes each: hostile pages, hung browsers, deaths, simulated days, Vendure, replay by others
	@sh .ci/setup oscar vendure judges
	@$(PYTEST) $(WAITING) -m "long or vendure"

check: setup ## style, types, rules
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/qingwang rules lint
	@.venv/bin/qingwang rules test

bench: setup ## speed and memory beside a reference of the same run
	@.venv/bin/qingwang bench

clean: ## remove what setup made
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache
