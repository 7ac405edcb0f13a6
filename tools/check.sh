#!/usr/bin/env bash
# What can be seen without running a test: form of the code, migrations, settings, translations.
set -euo pipefail
cd "$(dirname "$0")/.."

unset DATABASE_URL DEBUG DEMO SECRET_KEY
python=.venv/bin/python
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
database=sqlite:///$scratch/check.sqlite3

$python -m ruff format --check --quiet .
$python -m ruff check --quiet --output-format concise .
unformatted=$($python -m djhtml --check --tabwidth 2 templates 2>&1) ||
    { printf '%s\nTemplates are not in the one format: make format.\n' "$unformatted" >&2; exit 1; }
if LC_ALL=C.UTF-8 grep -rnE --include='*.html' '^.{121}' templates; then
    echo "The lines above have more than 120 characters." >&2
    exit 1
fi
$python -m djlint --lint --quiet templates

DEBUG=1 DATABASE_URL=$database $python manage.py makemigrations --check --dry-run -v 0 ||
    { echo "The models changed: manage.py makemigrations." >&2; exit 1; }

# As a server in production would start.
SECRET_KEY=$($python -c 'import secrets; print(secrets.token_urlsafe(64))') \
    ALLOWED_HOSTS=register.example DATABASE_URL=$database \
    $python manage.py check --deploy --fail-level WARNING -v 0

tools/words.sh --check
$python tools/subjects.py

# Nothing of one machine, and no address of a package registry, is kept.
machine='(/wor[k]/|/roo[t]/|/hom[e]/[a-z]|/tm[p]/plan|pypi[.]org|pythonhosted[.]org|npmjs[.]org|index-ur[l]|find-link[s])'
if git rev-parse --git-dir >/dev/null 2>&1; then
    files() { git ls-files -z --cached --others --exclude-standard; }
else
    files() { find . \( -name .venv -o -name var -o -name __pycache__ -o -name staticfiles \) \
        -prune -o -type f -print0; }
fi
if files | xargs -0 grep -nIE "$machine" 2>/dev/null; then
    echo "The lines above name this machine or a registry." >&2
    exit 1
fi
