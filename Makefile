# Two commands: `make serve` and `make test`. Everything else is for who works on the project.
# Each step makes what it needs: the tools (uv), the environment (from the lock file), the Dutch model if it can be had, the trained model.

SHELL := /bin/bash
.DELETE_ON_ERROR:
.PHONY: nlu-check help serve test link setup train nl-model content lint evaluate figures ablation bench load fuzz domain new-routekaart new-casus casus widget browser-test sbom audit clean

TOOLS := .tools
UV := $(TOOLS)/bin/uv
VENV := .venv
PYTHON := $(VENV)/bin/python
READY := $(VENV)/.ready
export UV_PYTHON_DOWNLOADS ?= automatic
export RASA_TELEMETRY_ENABLED := false
export TF_CPP_MIN_LOG_LEVEL := 3
export PYTHONPATH := .

help:
	@echo "make serve   set up, train if needed, and serve on http://127.0.0.1:5005/"
	@echo "make test    set up, train if needed, and run everything that guards the project"
	@echo "make link ROL=huisarts GEMEENTE=dordrecht GELDIG=90d [HERKOMST=zorgmail]   print a signed link (docs/links.md)"
	@echo "also: make train | nlu-check | content | lint | evaluate [FILES=...] | figures | ablation | bench | load [QUICK=1] | fuzz [CASES=1000] [REDIS=redis://...] | nl-model | domain | new-routekaart NAME=... | new-casus NAME=... | casus NAME=c01 | widget | browser-test [FILES=...] | clean"

serve: train
	@$(PYTHON) -m bot.server

test: train
	@$(PYTHON) -m tools.check

setup: $(READY)

$(UV):
	@echo "Setting up: uv (the installer) ..."
	@python3 -m venv $(TOOLS) || { echo "Could not make a virtual environment. Install Python 3 with venv (Debian: apt install python3-venv)."; exit 1; }
	@$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.5" || { echo "Could not install uv. Is the package index reachable?"; exit 1; }

$(READY): $(UV) uv.lock pyproject.toml .python-version
	@echo "Setting up: Python 3.10 and the packages of uv.lock (2.5 GB, one to five minutes) ..."
	@$(UV) python find --quiet 3.10 >/dev/null 2>&1 || $(UV) python install --quiet 3.10 >/dev/null 2>&1 || { \
	  echo "Rasa needs Python 3.10 and none was found. Install it: 'apt install python3.10', 'pyenv install 3.10' or 'uv python install 3.10'."; exit 1; }
	@set -o pipefail; $(UV) sync --frozen --python 3.10 2>&1 | { grep -v '^ [+~-] ' || true; } || { echo "Could not install the packages of uv.lock. Is the package index reachable, is there 4 GB of free disk?"; exit 1; }
	@$(PYTHON) -m tools.nl_model --seconds 15
	@touch $(READY)

train: $(READY)
	@$(PYTHON) -m tools.train

nl-model: $(READY)
	@$(PYTHON) -m tools.nl_model --seconds 120 --again

domain: $(READY)
	@$(PYTHON) -m tools.make_domain

new-routekaart: $(READY)
	@$(PYTHON) -m tools.new_routekaart '$(subst ','\'',$(NAME))'

# a case to rehearse: a template for a new one, and any of them as text (docs/casussen-schrijven.md)
new-casus: $(READY)
	@$(PYTHON) -m tools.new_casus '$(subst ','\'',$(NAME))'

casus: $(READY)
	@$(PYTHON) -m tools.case_text '$(subst ','\'',$(NAME))'

# a signed link for a practice; the key stands in ROUTEKAART_LINK_KEYS, and it says how to make one
link: $(READY)
	@$(PYTHON) -m tools.link --rol '$(subst ','\'',$(ROL))' --gemeente '$(subst ','\'',$(GEMEENTE))' --geldig '$(subst ','\'',$(GELDIG))' --herkomst '$(subst ','\'',$(HERKOMST))'

nlu-check: $(READY)
	@$(PYTHON) -W ignore -m tools.nlu_check

# the chat widget: only who changes widget/ or its words needs this, and Node; the built file is part of the project
widget: $(READY)
	@$(PYTHON) -m tools.widget_words
	@command -v npm >/dev/null || { echo "Building the widget needs Node 20.19 or newer (https://nodejs.org, or 'apt install nodejs npm')."; exit 1; }
	@cd widget && npm ci --ignore-scripts --no-fund --no-audit --loglevel=error >/dev/null && npm run --silent build

# the widget in a real browser: needs Node 20 or newer and Chromium, and says so where they are missing
browser-test: train
	@$(PYTHON) -W ignore -m tests.browser.run $(FILES)

content: $(READY)
	@$(PYTHON) -m tools.content_check && $(PYTHON) -m tools.content_check --experts

lint: $(READY)
	@$(PYTHON) -m ruff check . && $(PYTHON) -m ruff format --check . && $(PYTHON) -m mypy

evaluate: train
	@$(PYTHON) -m tools.evaluate $(FILES)
	@OMP_NUM_THREADS=1 $(PYTHON) -W ignore -m tools.figures

figures: $(READY)
	@OMP_NUM_THREADS=1 $(PYTHON) -W ignore -m tools.figures

ablation: $(READY)
	@OMP_NUM_THREADS=1 $(PYTHON) -W ignore -m tools.ablation

bench: train
	@$(PYTHON) -m tools.bench

# many people at once; half an hour, or three minutes with QUICK=1
load: train
	@$(PYTHON) -m tools.load $(if $(QUICK),--quick)

# every route with a thousand invented requests: a quarter of an hour; it makes an environment of its own for what sends them
fuzz: train
	@$(PYTHON) -W ignore -m tools.fuzz $(if $(CASES),--cases '$(subst ','\'',$(CASES))') $(if $(REDIS),--redis '$(subst ','\'',$(REDIS))')

# what the program is made of (deploy/sbom.cdx.json, from uv.lock), and whether anything of it has known flaws (needs the network)
sbom: $(READY)
	@$(PYTHON) -m tools.sbom

audit: $(READY)
	@$(PYTHON) -m tools.audit

clean:
	rm -rf $(VENV) $(TOOLS) widget/node_modules widget/.test tests/browser/node_modules .cache models .rasa .pytest_cache .mypy_cache .ruff_cache .hypothesis
