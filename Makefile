# Two commands do everything: `make chat` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
LOCK := uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --no-annotate

.DEFAULT_GOAL := help
.PHONY: help chat test eval bench check setup lock screenshots train-reader train-verifier clean

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

chat: $(VENV)/.chat  ## Install what the chat needs and open it on http://127.0.0.1:7860
	$(BIN)/footnote chat

test: setup  ## Install everything and run the tests
	$(BIN)/python -m pytest

eval: setup  ## Ask the gold questions about the seeds and compare with the committed run
	$(BIN)/footnote eval --baseline evals/gold/seeds.baseline.json

bench: setup  ## How fast this machine adds, finds and answers
	$(BIN)/footnote bench

check: setup  ## Style, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

setup: $(VENV)/.everything  ## Make .venv with everything: the chat, the evals and the tests' tools

screenshots: setup  ## Take the README's two pictures (needs chromium)
	$(BIN)/python docs/screenshots.py

# DATA holds questions and contexts, RUN takes checkpoints; run it again to go on. docs/reader.md.
DATA ?= ../shared/qa
RUN ?= .reader
HOURS ?= 3.4
WEIGHTS = $$($(BIN)/python -c "from rag.models.weights import locate_weights; print(locate_weights())")
train-reader: setup  ## Train the reader anew, from data to the file that is shipped (hours)
	$(PIP) install -q torch==2.13.0
	$(BIN)/python -m training.reader.train --data $(DATA) --model $(WEIGHTS) --out $(RUN) --hours $(HOURS) --workers 2
	$(BIN)/python -m training.export --run $(RUN) --to $(RUN)/reader.safetensors
	$(BIN)/python -c "from pathlib import Path; from rag.models.reader import pack; \
		pack(Path('$(RUN)/reader.safetensors'), Path('rag/models/reader.graph'))"

# SETS holds the folders support, qa and bench; docs/verifier.md.
SETS ?= ../shared
VERIFIER ?= .verifier
train-verifier: setup  ## Train the verifier anew, from the reader's file to its own (hours)
	$(PIP) install -q torch==2.13.0
	$(BIN)/python -m training.dequantise --graph rag/models/reader.graph --to $(VERIFIER)/reader.safetensors
	$(BIN)/python -m training.verifier.train --data $(SETS) --model $(WEIGHTS) --workers 2 \
		--begin $(VERIFIER)/reader.safetensors --out $(VERIFIER)/broad --hours 0.62 --batch 24 --rate 1.5e-4
	$(BIN)/python -m training.export --run $(VERIFIER)/broad --to $(VERIFIER)/broad.safetensors
	$(BIN)/python -m training.verifier.train --data $(SETS) --model $(WEIGHTS) --workers 2 --mix near \
		--begin $(VERIFIER)/broad.safetensors --out $(VERIFIER)/near --hours 0.55 --batch 32 --rate 1.4e-4
	$(BIN)/python -m training.export --run $(VERIFIER)/near --to $(VERIFIER)/verifier.safetensors
	$(BIN)/python -c "from pathlib import Path; from rag.models.verifier import pack; \
		pack(Path('$(VERIFIER)/verifier.safetensors'), Path('rag/models/verifier.graph'))"

# The chat's lock leaves out what only the evals import.
lock:  ## Resolve the dependencies again, with hashes (needs uv)
	$(LOCK) --upgrade --group weights --group dev pyproject.toml -o requirements-dev.txt
	$(LOCK) --group weights -c requirements-dev.txt pyproject.toml -o requirements.txt \
		--no-emit-package scipy --no-emit-package ir-measures --no-emit-package pytrec-eval-terrier

clean:  ## Remove .venv and the caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# --no-deps because the lock is complete; --no-compile because most of it is never imported.
$(VENV)/.chat: requirements.txt pyproject.toml | $(BIN)/python
	$(PIP) install -q --no-deps --no-compile --require-hashes -r requirements.txt
	$(PIP) install -q --no-deps -e .
	@# The packages' own tests are 45 MB that no chat needs.
	find $(VENV)/lib -type d \( -name tests -o -path '*/onnx/backend/test' \) -prune -exec rm -rf {} +
	touch $@

$(VENV)/.everything: requirements-dev.txt pyproject.toml | $(BIN)/python
	$(PIP) install -q --no-deps --no-compile --require-hashes -r requirements-dev.txt
	$(PIP) install -q --no-deps -e .
	touch $@
