# Every target makes .venv first if it is missing or out of date; see tools/setup_venv.py.

PYTHON ?= python3
VENV_PYTHON := .venv/bin/python
# The folder that JupyterLab shows and saves into.
LAB_ROOT ?= $(CURDIR)

.DEFAULT_GOAL := help
.PHONY: help venv run lab test figure notebooks html model bench rock wheelhouse fresh-machines house pictures lint clean distclean lock torture

help:       ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

venv:       ## make .venv and install into it, if it is missing or out of date
	@command -v $(PYTHON) >/dev/null || { \
		echo "There is no $(PYTHON) here: install Python 3.11 to 3.14, then type the same command again." >&2; \
		! command -v uv >/dev/null || echo "uv can fetch one, without an administrator:" \
			'uv python install 3.13 && make run PYTHON="$$(uv python find 3.13)"' >&2; \
		exit 1; }
	@$(PYTHON) tools/setup_venv.py

run: venv   ## execute the notebooks (NOTEBOOKS="notebooks/04*"), copies in output/notebooks
	@$(VENV_PYTHON) tools/run_notebooks.py $(NOTEBOOKS)

lab: venv   ## open JupyterLab on the first notebook (LAB_ARGS="--no-browser")
	@# What the notebooks show was made here: let it be shown, players included, before they run.
	@$(VENV_PYTHON) -m jupyter trust notebooks/*.ipynb >/dev/null
	$(VENV_PYTHON) -m jupyterlab --ServerApp.root_dir="$(LAB_ROOT)" \
		--KernelManager.transport_encryption=auto \
		--LabApp.default_url=/lab/tree/notebooks/01_explore_midi.ipynb $(LAB_ARGS)

test: venv  ## run the tests (PYTEST_ARGS="-k midi")
	$(VENV_PYTHON) -m pytest -n 2 --maxschedchunk=1 \
		-m "not browser and not archive" $(PYTEST_ARGS)

figure: venv  ## redraw every loss chart in figures/ from the numbers beside it
	@$(VENV_PYTHON) -c "import rockonet_utils as ru; ru.redraw_loss_charts()"

notebooks: venv  ## execute the tracked notebooks in place, ready to commit
	@$(VENV_PYTHON) tools/run_notebooks.py --commit

html: venv  ## the executed course as a web site in site/, for reading without Python
	@$(VENV_PYTHON) tools/make_site.py

model: venv  ## train the shipped models on the starter songs (3 to 6 minutes)
	@$(VENV_PYTHON) -c "import rockonet_utils as ru; ru.train_shipped_models()"

rock: venv  ## download the archive of rock songs that the original used (63 MB) into data/rock
	@$(VENV_PYTHON) -c "import rockonet_utils as ru; ru.download_rock_archive()"

bench: venv  ## measure how fast songs are read, what predicts them best, how riffs turn out
	@$(VENV_PYTHON) tools/bench.py

wheelhouse: venv  ## fetch all packages for machines without a network (WHEELS_FOR="linux-3.12 mac-3.12")
	@$(VENV_PYTHON) tools/wheelhouse.py

fresh-machines: venv  ## try run and test on new Debians with Python 3.11, 3.13 and 3.14 (root, debootstrap)
	@$(VENV_PYTHON) tools/fresh_machines.py

torture: venv  ## try damaged files, kills and full disks for an hour (TORTURE_ARGS="--minutes 5")
	@$(VENV_PYTHON) tools/torture.py $(TORTURE_ARGS)

pictures: venv  ## take the pictures of player and riff machine anew, in a browser (needs chromium)
	ROCKONET_PICTURES=figures $(VENV_PYTHON) -m pytest -q -m browser -k pictures_of_the_course tests/course

house: venv  ## draw the picture of docs/architecture.md anew, from the imports
	@$(VENV_PYTHON) tools/draw_house.py

lint: venv  ## check style, format and types of code and notebooks, and who imports whom
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m ruff format --check .
	.venv/bin/lint-imports
	$(VENV_PYTHON) -m mypy
	@# The player is JavaScript; its linter comes with npm, which not every machine has.
	@if timeout 120 npx --yes eslint@9 --version >/dev/null 2>&1; then \
		npx --yes eslint@9 -c tools/eslint.config.mjs rockonet && echo "The player's JavaScript is sound."; \
	else \
		echo "There is no npx that can fetch eslint here: the player's JavaScript is not checked."; \
	fi

lock: venv  ## pin the newest versions that pyproject.toml allows in requirements.lock
	$(VENV_PYTHON) -m pip install --quiet uv
	$(VENV_PYTHON) -m uv pip compile pyproject.toml --universal --python-version 3.11 \
		--extra test --upgrade --quiet --no-emit-index-url --no-emit-find-links \
		--annotation-style line --custom-compile-command "make lock" -o requirements.lock

clean:      ## remove output and caches
	rm -rf output site build .pytest_cache .ruff_cache .mypy_cache .import_linter_cache
	find . -type d \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +

distclean: clean  ## remove .venv too: the next command installs again, with the network
	rm -rf .venv .python *.egg-info
