# The two commands are `make report` and `make test`; `make` alone prints this list.

SHELL := /bin/bash
.DEFAULT_GOAL := help

bin := .venv/bin
ready := .venv/.ready
notebooks = $(shell git ls-files -- '*.ipynb' 2>/dev/null)
bench := PYTHONPATH=tests/support $(bin)/python
# Its maker's notice of an end in 2027 is in docs/libraries.md; a build need not repeat it.
site := NO_MKDOCS_2_WARNING=1 $(bin)/mkdocs build --strict --quiet
test := $(bin)/python -m pytest -n 2 --dist worksteal

.PHONY: help report setup lab test test-slow test-kills test-all check format bench bench-sampling bench-features bench-forecast bench-laplace bench-page bench-planners bench-plans bench-allocation bench-reports bench-telco bench-curves bench-interactions bench-nrr bench-tone gallery priors parameters sbc docs lock clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

report: $(ready) ## set up, run the renewals report on the simulated book, print its page's path
	@$(bin)/workbench run renewals -f params/renewals.yaml

test: $(ready) ## set up and run the tests
	@$(test)

setup: $(ready) ## make or refresh .venv; instant when it is current

$(ready): requirements.lock pyproject.toml .python-version scripts/setup
	@scripts/setup

lab: $(ready) ## open JupyterLab at the notebooks
	@$(bin)/workbench lab

test-slow: $(ready) ## run the tests that take minutes
	@$(test) -m slow

test-kills: $(ready) ## kill runs at 40 random moments, alone and with their group, and finish them
	@$(bin)/python -m pytest -m slow -k killed tests/operations/test_run_all.py tests/apps/test_run_interrupted.py

test-all: $(ready) ## run every test; a missing database server or browser fails
	@WORKBENCH_TEST_ALL=1 $(test) -m "slow or not slow"

check: $(ready) ## lint code and notebooks, hold the floors, check types and dependencies
	$(bin)/ruff check .
	$(bin)/ruff format --check .
	$(bin)/lint-imports --no-logo
	$(bin)/pyright
	$(bin)/deptry .
	$(site)
	$(if $(notebooks),$(bin)/nbstripout --verify $(notebooks))

format: $(ready) ## format code and notebooks, strip notebook outputs
	$(bin)/ruff check --fix .
	$(bin)/ruff format .
	$(if $(notebooks),$(bin)/nbstripout $(notebooks))

bench: $(ready) bench-sampling bench-laplace ## time the model of leaving, by NUTS and by Laplace

bench-sampling: $(ready) ## time the sampler, compile included, beside a plain pm.sample()
	@$(bench) benchmarks/speed.py

bench-features: $(ready) ## time all signals for 10k, 30k and 100k accounts, 36 months
	@$(bench) benchmarks/features.py

bench-forecast: $(ready) ## time the joint forecast up to 1,000,000 subscriptions x 12 months x 500 draws
	@$(bench) benchmarks/forecast.py

bench-laplace: $(ready) ## time the Laplace approximation on 3,000,000 account-months
	@$(bench) benchmarks/laplace.py

bench-page: $(ready) ## time the planner's page in a browser, from a slider's release to the redraw
	@$(bench) benchmarks/planner_page.py

bench-planners: $(ready) ## time the planners' page for many: memory of 1, 10, 50, first view, a drag among ten
	@$(bench) benchmarks/planners.py

bench-plans: $(ready) ## time account plans: one account in full, a lever on 5,000 accounts x 1,000 draws
	@$(bench) benchmarks/plans.py

bench-allocation: $(ready) ## time where the hours go: 5,000 accounts x 8 bundles x 500 draws, 50 owners
	@$(bench) benchmarks/allocation.py

bench-reports: $(ready) ## time renewals and net growth: on nothing, again, with nothing changed
	@$(bench) benchmarks/reports.py

bench-telco: $(ready) ## compare the hazard with its peers on the Telco data, five folds
	@$(bench) benchmarks/telco.py

bench-curves: $(ready) ## ask whether curved effects pay, beside a forest; writes docs/curves.md
	@$(bench) benchmarks/curves.py

bench-interactions: $(ready) ## ask whether products of signals pay; writes docs/interactions.md
	@$(bench) benchmarks/interactions.py

gallery: $(ready) ## run all reports on the bundled book, picture their pages at both widths, ask what they promise
	@$(bench) benchmarks/gallery.py

bench-tone: $(ready) ## time tone and themes of 100,000 messages; EXAMPLES names labelled texts
	@$(bench) benchmarks/tone.py $(EXAMPLES)

bench-nrr: $(ready) ## forecast books of other processes beside rivals; writes docs/nrr.md
	@PYTHONPATH=tests/support:benchmarks $(bin)/python -m nrr

parameters: $(ready) ## write params/base.yaml and the notebooks' parameters cells from the settings classes
	@$(bin)/python -m workbench.apps.write_parameters

priors: $(ready) ## write the table of priors into docs/priors.md
	@$(bench) benchmarks/priors.py

sbc: $(ready) ## calibrate the models by simulation; writes a figure to docs/images
	@$(bench) benchmarks/calibration.py

$(bin)/uv:
	@scripts/setup

docs: $(ready) ## build the documentation as a site that opens from its folder
	@$(site)
	@echo site/index.html

# From 3.12 on, though 3.13 is asked for: there ecos, which is never installed, has a wheel to look at.
lock: $(bin)/uv ## resolve pyproject.toml anew into requirements.lock
	$(bin)/uv pip compile pyproject.toml --group dev --upgrade --universal --python-version 3.12 \
	    --generate-hashes --no-emit-index-url --only-binary :all: --no-binary autograd-gamma \
	    --custom-compile-command "make lock" --quiet --output-file requirements.lock

clean: ## remove caches and the environment; outputs stay
	rm -rf .venv .tools .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
