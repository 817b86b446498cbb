# Candour. `make run` and `make test` are all a newcomer needs; `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
PYTHON := $(VENV)/bin/python
PYTEST := OMP_NUM_THREADS=1 HF_HUB_OFFLINE=1 $(PYTHON) -m pytest

.PHONY: help setup run test test-fast test-slow test-gpu test-vllm test-packages lint format types bench suites lock samples clean

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

setup: ## virtual environment with the locked dependencies
	@scripts/setup.sh

run: setup ## serve the product with its sample institutions on http://localhost:8000
	@$(VENV)/bin/candour serve --demo

test: setup test-packages ## lint, types, unit, browser and PostgreSQL tests; ends with what was skipped and why
	@echo "==> lint"; $(MAKE) --no-print-directory lint
	@echo "==> types"; $(MAKE) --no-print-directory types
	@echo "==> tests, a file at a time on each of two processors"; $$(scripts/test_packages.sh --requirements) $(PYTEST) -n 2 --dist loadfile \
	  -m "not slow and not gpu and not vllm and not browser"
	@echo "==> tests in a browser"; $$(scripts/test_packages.sh --requirements) $(PYTEST) -m "browser and not slow and not gpu and not vllm"

test-fast: ## unit tests only: no browser, no PostgreSQL
	@$(PYTEST) -q -n 2 --dist loadfile -m "not slow and not gpu and not vllm and not browser and not postgres"

test-slow: setup test-packages ## the long ones: odd files, kills, blind questions
	@$(PYTEST) -m "slow and not gpu and not vllm"

test-gpu: setup ## needs an NVIDIA GPU
	@$(PYTEST) -m gpu

test-vllm: setup ## a real vLLM on the CPU, serving a model taught in a minute; 3 GB of disk and memory, five minutes
	@scripts/vllm_setup.sh
	@CANDOUR_TEST_REQUIRE=vllm $(PYTEST) tests/vllm -m vllm

test-packages: ## Chromium, PostgreSQL and fonts from Debian, where they are missing and apt works
	@scripts/test_packages.sh --install

lint: ## ruff: rules and formatting
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .

format: ## ruff: mend what can be mended
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .

types: ## mypy --strict
	@$(VENV)/bin/mypy

DATA ?= ../shared/data
OUT ?= ../suites
REPORT ?= docs/benchmarks
STAGES := bench bench_ingest_while_answering bench_parsing bench_ingestion bench_publish bench_first_sentence bench_degrade bench_chats
PYTHON_BENCH := $(VENV)-bench/bin/python

bench: setup ## timings by stage and retrieval by size, beside peers in the same run; an hour, more for the first time
	@scripts/bench_setup.sh
	@for each in $(STAGES); do echo "==> $$each"; OMP_NUM_THREADS=2 HF_HUB_OFFLINE=1 $(PYTHON) -m eval.$$each; done
	@echo "==> bench_retrieval"; HF_HUB_OFFLINE=1 $(PYTHON_BENCH) -m eval.bench_retrieval $(REPORT) --data $(DATA)

suites: setup ## public question sets as folders for `candour eval retrieval`; DATA=../shared/data OUT=../suites
	@$(PYTHON) -m eval.suites $(DATA) $(OUT)

lock: ## resolve pyproject.toml into requirements.lock (torch is pinned in scripts/setup.sh, not here)
	@scripts/lock.sh

samples: setup ## print the sample institutions' PDF and DOCX documents from their sources
	@$(PYTHON) scripts/print_samples.py

clean: ## remove caches, keep the virtual environment and your data
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info
