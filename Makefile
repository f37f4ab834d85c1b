# The one place that knows how things are started. `make` lists the targets.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python

.DEFAULT_GOAL := help
.PHONY: help python preflight preflight-run doctor browser setup run smoke test test-unit test-spa test-e2e check-terraform fmt lint lint-types lint-python lint-page openapi \
	locks audit sbom chaos drill hostile bench load quality package-portal screenshots cost plan deploy destroy clean

ENV ?= dev
NPM := $(RUN) -m infra.local.npm

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Before anything is installed there is only the machine's own Python.
ANY_PYTHON = $(if $(wildcard $(RUN)),$(RUN),$(PYTHON))

python:
	@command -v $(ANY_PYTHON) >/dev/null || { \
		echo "$(ANY_PYTHON) is missing. Install Python 3.11 or newer. On Debian and Ubuntu: apt-get install python3 python3-venv"; exit 1; }
	@$(ANY_PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Spotter needs Python 3.11 or newer, and $(ANY_PYTHON) is older. Install one and name it: make PYTHON=python3.12 ..."; exit 1; }

preflight: python ## Print what this machine has for the tests and what will be installed
	@$(ANY_PYTHON) -m infra.local.preflight test

preflight-run: python
	@$(ANY_PYTHON) -m infra.local.preflight run

doctor: python ## Print the same table and all versions, for a bug report
	@$(ANY_PYTHON) -m infra.doctor

# uv needs a tenth of pip's time. pip comes second: it knows registries that only its own configuration names.
UV_INSTALL = $(VENV)/bin/uv pip install --quiet --system-certs --link-mode copy --require-hashes --python $(RUN)
PIP_INSTALL = $(RUN) -m pip install --disable-pip-version-check --quiet --no-compile --require-hashes
$(VENV)/.ready: requirements/uv.txt requirements/dev.txt | python
	@echo "Setting up $(VENV) (once; about 20 s, longer on a slow network)"
	@$(PYTHON) -m venv $(VENV) || { \
		echo "Python cannot make virtual environments here. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(PIP_INSTALL) -r requirements/uv.txt && $(UV_INSTALL) -r requirements/dev.txt 2>/dev/null || $(PIP_INSTALL) -r requirements/dev.txt || { \
		echo "The packages could not be installed. Check the network and the disk, then run the same command again."; exit 1; }
	@touch $@

setup: $(VENV)/.ready ## Install what is needed and fetch the model weights
	@$(RUN) -m pipeline.weights

run: preflight-run setup ## Start everything on this machine and recognise the demo photos; two regions: make run REGIONS=2
	@$(RUN) -m infra.local

smoke: setup ## The same unattended on free ports: make smoke PHOTOS="a.jpg b.png"
	@$(RUN) -m infra.local.smoke $(PHOTOS)

# All three begin at once: the end-to-end tests take longest, and wait at times.
test: preflight setup browser test-unit ## Every test
	@$(MAKE) --no-print-directory -j 3 test-e2e test-spa check-terraform

test-unit: setup ## Tests without the local system
	$(RUN) -m pytest -q -n auto --dist worksteal --ignore tests/e2e tests

test-spa: setup ## Tests of the web page's code
	$(NPM) test

check-terraform: setup ## Validate and test the infrastructure's code
	$(RUN) -m infra.deploy.check

SYSTEMS ?= 4
test-e2e: setup browser ## Tests on the local system, as users have it
	$(RUN) -m pytest -q -n $(SYSTEMS) --dist loadfile --no-loadscope-reorder tests/e2e

browser: setup # Install a browser for the tests if there is none
	@$(RUN) -m infra.local.browser

fmt: setup ## Format the code
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .
	$(NPM) run fmt

# Each part uses one core. The types take longest, so they begin first. None needs the weights.
lint: $(VENV)/.ready ## Check format, style, types and who imports whom
	@$(MAKE) --no-print-directory -j 3 lint-types lint-page lint-python

lint-types: $(VENV)/.ready
	$(VENV)/bin/mypy

lint-python: $(VENV)/.ready
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/lint-imports

lint-page: $(VENV)/.ready
	$(NPM) run lint

openapi: setup ## Write docs/api and the clients' generated files from the code
	$(RUN) -m pipeline.lambdas.openapi
	$(NPM) run api
	$(RUN) -m infra.clients

LOCK := $(VENV)/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11
locks: setup ## Renew requirements/*.txt from *.in
	$(LOCK) --upgrade requirements/dev.in -o requirements/dev.txt
	for name in uv lambdas worker portal peers; do \
		$(LOCK) -c requirements/dev.txt requirements/$$name.in -o requirements/$$name.txt; done
	for name in local node terraform terraform_offline audit generators; do \
		$(LOCK) --upgrade requirements/$$name.in -o requirements/$$name.txt; done
	$(LOCK) --upgrade --no-deps requirements/terraform_schemas.in -o requirements/terraform_schemas.txt

chaos: setup ## Break the local system in every known way and count what is lost
	REKOGNITION_USD_A_DAY=1 $(RUN) -m tools.chaos

drill: setup ## Lose a region of two under load and count what is lost, about 5 minutes
	$(RUN) -m tools.drill

hostile: setup ## Open 4,560 hostile files and print what became of them
	@$(RUN) -m tools.hostile

bench: setup ## Measure, as ratios within one run
	$(RUN) -m tools.bench

load: setup ## Load the whole system as its users would, about 20 minutes
	$(RUN) -m tools.load

quality: setup ## How often confidences and labels are right: make quality DATA=FOLDER
	@[ -n "$(DATA)" ] || { echo "Name a folder of labelled pictures: make quality DATA=FOLDER. docs/models.md says how it looks."; exit 1; }
	@$(RUN) -m tools.quality "$(DATA)" $(if $(PLOT),--plot "$(PLOT)") $(if $(DETAIL),--detail "$(DETAIL)")

audit: setup ## Ask what is known to be wrong with the packages that are shipped
	@$(RUN) -m infra.audit

sbom: setup ## Write what is shipped as CycloneDX to build/sbom
	@$(RUN) -m infra.audit.sbom

SETTINGS ?= build/deploy/zappa_settings.json
package-portal: setup ## Build the portal's Lambda package from the settings of a deploy
	@[ -f $(SETTINGS) ] || { \
		echo "$(SETTINGS) is missing. It is made from Terraform's outputs: make deploy, or name one: SETTINGS=..."; exit 1; }
	$(RUN) -m infra.package.portal --settings $(SETTINGS) --output build/portal.zip --static build/portal-static

screenshots: setup ## Make the README's pictures of the web page
	$(RUN) -m tests.e2e.spa.screenshots

plan: setup ## What a deploy would change on AWS: make plan ENV=prod
	$(RUN) -m infra.deploy plan $(ENV)

deploy: setup sbom ## Bring everything on AWS up to this checkout: make deploy ENV=prod
	$(RUN) -m infra.deploy deploy $(ENV)

cost: setup ## What AWS will charge: make cost USERS=100 IMAGES=100000
	$(RUN) -m infra.cost --users $(or $(USERS),100) --images $(or $(IMAGES),100000)

destroy: setup ## Remove everything from AWS: make destroy ENV=dev
	$(RUN) -m infra.deploy destroy $(ENV)

clean: ## Forget the local system's data and everything that was built
	@if [ -x $(RUN) ]; then $(RUN) -m infra.local.clean; fi
	rm -rf build
