# The operator's and the developer's commands. `make` alone lists them; each does its work in bin/.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help up down reload status logs demo doctor clean backup test test-fast lint bench

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

up: ## Do everything: engine, images, platform, customers; then print who can log in where
	@bin/up

down: ## Stop the platform and the customers; keep all data
	@bin/down

reload: ## Apply tenants.yaml
	@bin/tenantctl apply

status: ## Show every customer's state
	@bin/tenantctl status

logs: ## Show the last log lines of one customer: make logs T=customer-a
	@$(if $(T),bin/tenantctl logs "$(T)",echo "Which customer? For instance: make logs T=customer-a" >&2; exit 2)

demo: ## Fill customer-a and customer-b with demo users and data sets, through their own API
	@bin/demo

doctor: ## Look for causes when something does not work
	@bin/doctor

clean: ## Ask, then remove containers, networks and images; never data
	@bin/down --remove

backup: ## Not in this version; says what to do meanwhile
	@bin/backup

test: ## Run all tests (makes .venv; installs an engine and Chromium where they are missing)
	@bin/test

test-fast: ## Run the tests that need neither Docker nor a browser
	@bin/test -n auto -m "not docker and not browser and not slow"

lint: ## Check style, types, layers, Dockerfiles, shell scripts and generated pages
	@bin/lint

bench: ## Run the benchmarks and their peers
	@bin/bench
