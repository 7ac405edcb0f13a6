# Sát Cánh. `make run` to see it, `make test` for everything that must hold, `make help` for the rest.

PORT ?= 8000
PYTHON ?= python3
py := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help run demo test walk check format words contract bench schema house measure-reader screenshots environment environment-dev clean

help: ## what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /make \1: /'

run: export DEBUG := 1
run: environment ## the register on http://127.0.0.1:$(PORT), all set up
	@$(py) manage.py start --port $(PORT)
	@$(py) manage.py work --beside-parent & exec $(py) manage.py runserver 127.0.0.1:$(PORT)

demo: export DEBUG := 1
demo: export DEMO := 1
demo: environment ## the same with invented data, made anew, in a database of its own
	@$(py) manage.py start --port $(PORT)
	@$(py) manage.py work --beside-parent & exec $(py) manage.py runserver 127.0.0.1:$(PORT)

test: environment-dev ## all tests: PostgreSQL, SQLite, browser, and `make check`
	@tools/test.sh

walk: environment-dev ## the full matrices, within an hour; writes docs/walk.md
	@$(py) tools/walk.py

FOLDER ?= tests/engagements/reading/texts
measure-reader: export DEBUG := 1
measure-reader: environment ## precision, recall and F1 of the reader on the texts of FOLDER
	@$(py) manage.py migrate --verbosity 0
	@$(py) manage.py load_register --verbosity 0
	@$(py) manage.py measure_reader $(FOLDER)

check: environment-dev ## format, lint, migrations, deployment settings, translations, commit subjects
	@tools/check.sh

format: environment-dev ## puts code and templates in the one format
	@$(py) -m ruff format .
	@$(py) -m ruff check --fix .
	@$(py) -m djhtml --tabwidth 2 templates

words: environment-dev ## collects the words to translate and compiles the catalogues (gettext)
	@tools/words.sh

contract: environment-dev ## the API against its own description; EXAMPLES=100 asks more
	@tools/contract.sh

bench: environment-dev ## how answers grow with the register; ROWS="10000 1000000" chooses sizes
	@$(py) tools/bench.py $(ROWS)

schema: environment-dev ## docs/openapi.json from the code, after an addition to the API
	@$(py) tools/contract.py --write

house: ## docs/house.svg, the diagram of the packages, from their imports
	@$(PYTHON) tools/house.py

screenshots: environment-dev ## docs/screenshots from the loaded register
	@$(py) tools/screenshots.py

environment:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed ($(PYTHON) not found)."; exit 2; }
	@$(PYTHON) tools/environment.py runtime

environment-dev:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed ($(PYTHON) not found)."; exit 2; }
	@$(PYTHON) tools/environment.py dev

clean: ## removes what is built; the register in var/ stays
	rm -rf .venv staticfiles .ruff_cache var/demo.sqlite3 var/demo.sqlite3-wal var/demo.sqlite3-shm
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
