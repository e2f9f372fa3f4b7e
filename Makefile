# `make` installs multigrad into .venv and runs the main job; `make test` runs the tests. Nothing has to be
# prepared for either but Python 3.11+ and a network. `make help` lists the rest.
#
#   PYTHON   which Python makes .venv; by default the first on the path that is new enough
#   TORCH    which torch, in pip's words. On Linux the public default is a CUDA build of several gigabytes;
#            PyTorch's own page tells the index that has the small CPU builds:
#                make TORCH='--extra-index-url ADDRESS torch==2.13.0+cpu'
#                make TORCH=        leaves torch out; its rows then read `unavailable`

VENV   ?= .venv
REPORT ?= report
TORCH  ?= $(shell grep '^torch==' constraints.txt)

ifndef PYTHON
PYTHON := $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
    $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
endif

# Without torch the tests are told so: a backend that is missing unannounced fails them.
PLACES := $(if $(TORCH),,--backends autograd,jax)

.DEFAULT_GOAL := demo
.DELETE_ON_ERROR:
.PHONY: demo test lint types wheel bench coverage mutants site links clean help FORCE

demo: $(VENV)/run.stamp  ## compare a dozen functions on every backend; writes a picture and a report
	$(VENV)/bin/multigrad demo --output $(REPORT)

test: $(VENV)/test.stamp  ## the tests; ARGS='-k slope -x' is handed to pytest, ARGS='-m slow' runs the long ones
	$(VENV)/bin/python -m pytest -m 'not slow' $(PLACES) $(ARGS)

lint: $(VENV)/lint.stamp  ## ruff
	$(VENV)/bin/ruff check .

# mypy does not see setuptools' package-dir mapping, so it is shown the package as it installs. The folders
# are emptied first: setuptools packs whatever a renamed module left behind in build/lib.
types: $(VENV)/lint.stamp  ## mypy --strict, on what users get
	rm -rf build/typed build/lib build/bdist.*
	$(VENV)/bin/python -m pip install --quiet --no-deps --target build/typed .
	$(VENV)/bin/mypy build/typed/multigrad build/typed/pytest_multigrad

wheel: $(VENV)/lint.stamp  ## dist/*.whl and dist/*.tar.gz, their contents checked
	rm -rf dist build/lib build/bdist.*
	$(VENV)/bin/python -m build --quiet --outdir dist .
	$(VENV)/bin/python .ci/check_wheel.py dist/*.whl

bench: $(VENV)/run.stamp  ## side by side with hand-written framework code, as ratios
	$(VENV)/bin/python benchmarks/side_by_side.py

coverage: $(VENV)/test.stamp  ## the tests once more, with the lines and branches that none of them reaches
	$(VENV)/bin/python -m pytest --cov=multigrad --cov=backends --cov=comparisons --cov=pytest_multigrad --cov-report=term-missing:skip-covered \
	    $(PLACES) $(ARGS)

mutants: $(VENV)/test.stamp  ## spoil the code that judges in every place, and list what no test notices
	JAX_NUM_CPU_DEVICES=2 $(VENV)/bin/python -W ignore -m tests.comparisons.mutants

site: $(VENV)/docs.stamp  ## the documentation: build/site/index.html, readable without a network, every link followed
	$(VENV)/bin/sphinx-build -W --keep-going -n -q -d build/site-read docs build/site
	$(VENV)/bin/python docs/check_site.py build/site

links: $(VENV)/docs.stamp  ## whether the pages elsewhere that the documentation links to are there; needs a network
	$(VENV)/bin/sphinx-build -b linkcheck -q -d build/site-read docs build/links

clean:  ## everything that make made
	rm -rf $(VENV) build dist docs/lessons $(REPORT) *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' Makefile

# One stamp a set of extras. Each is installed in one call to pip, with the versions in constraints.txt, less
# its line for torch, which TORCH replaces.
$(VENV)/run.stamp:  extras := jax
$(VENV)/test.stamp: extras := jax,test
$(VENV)/lint.stamp: extras := jax,test,lint
$(VENV)/docs.stamp: extras := jax,test,docs
$(VENV)/%.stamp: $(VENV)/python.stamp pyproject.toml constraints.txt
	grep -v '^torch==' constraints.txt > $(VENV)/constraints.txt
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check \
	    --constraint $(VENV)/constraints.txt --editable '.[$(extras)]' $(TORCH)
	@touch $@

# A new venv wherever another torch is asked for, so that the old one does not stay.
$(VENV)/python.stamp: build/torch.asked
	$(if $(PYTHON),,$(error multigrad needs Python 3.11 or newer and none is on the path; name one: make PYTHON=/path/to/python3.12))
	@$(PYTHON) -c 'import sys; v = sys.version; \
	    sys.exit(sys.version_info < (3, 11) and f"multigrad needs Python 3.11 or newer; $(PYTHON) is {v}")'
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@

build/torch.asked: FORCE
	@mkdir -p build
	@echo '$(TORCH)' | cmp -s - $@ || echo '$(TORCH)' > $@
