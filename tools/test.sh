#!/usr/bin/env bash
# Everything that must hold: `make check`, the suite on PostgreSQL, the suite on SQLite with the
# browser tests. What this machine cannot run is said in one line; REQUIRE_ALL=1 makes it an error,
# and a skipped test too. Two clones may do this at once.
set -euo pipefail
cd "$(dirname "$0")/.."

unset DATABASE_URL DEBUG DEMO SECRET_KEY
python=.venv/bin/python
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

missing=()
tools/postgres.sh --found || missing+=("PostgreSQL (no initdb found)")
$python -m tools.browser >/dev/null || missing+=("browser tests (no Chromium found)")
if [ ${#missing[@]} -gt 0 ]; then
    printf -v list '%s, ' "${missing[@]}"
    if [ "${REQUIRE_ALL:-}" = 1 ]; then
        echo "Needed here, but missing: ${list%, }." >&2
        exit 1
    fi
    echo "Not run on this machine: ${list%, }."
fi

failed=()
suite() { # name, words of the command
    local name=$1
    shift
    echo "== $name"
    "$@" 2>&1 | tee "$logs/$name" || failed+=("$name")
    if [ "${REQUIRE_ALL:-}" = 1 ] && tail -1 "$logs/$name" | grep -Eq '(skipped|xfailed|xpassed)'; then
        failed+=("$name: a test was skipped, and here every test runs")
    fi
}

suite checks tools/check.sh
suite contract tools/contract.sh
pytest=("$python" -m pytest -n "${TEST_WORKERS:-3}")
if tools/postgres.sh --found; then
    suite PostgreSQL tools/postgres.sh "${pytest[@]}" -m "not browser and not once"
fi
if $python -m tools.browser >/dev/null; then
    suite "SQLite and browser" "${pytest[@]}"
else
    suite SQLite "${pytest[@]}" -m "not browser and not once"
fi
if [ ${#failed[@]} -gt 0 ]; then
    printf 'Failed: %s.\n' "${failed[@]}" >&2
    exit 1
fi
