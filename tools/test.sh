#!/usr/bin/env bash
# Everything that must hold, side by side so that no core waits: the whole suite on PostgreSQL; on
# SQLite what is marked `both_databases` and the browser tests; `make check`; `make contract`. Each
# is printed whole as it ends. Where PostgreSQL is missing, the whole suite runs on SQLite. What
# this machine cannot run is said in one line; REQUIRE_ALL=1 makes it an error, and a skipped test
# too. Two clones may do this at once.
set -euo pipefail
cd "$(dirname "$0")/.."

# Compiled modules are kept: each of the workers would compile everything again.
unset DATABASE_URL DEBUG DEMO SECRET_KEY PYTHONDONTWRITEBYTECODE
python=.venv/bin/python
logs=$(mktemp -d)
mkfifo "$logs/ended"
exec 3<>"$logs/ended"

set -m # each job is a process group, which goes as a whole when the run is interrupted
groups=()
stop() {
    trap - INT TERM HUP
    # Older shells take an empty list for an unset one; a job that has ended is no group any more.
    for group in ${groups[@]+"${groups[@]}"}; do kill -TERM -- "-$group" 2>/dev/null || true; done
    exit 130
}
trap 'rm -rf "$logs"' EXIT
trap stop INT TERM HUP

started=0
start() { # name, words of the command
    local name=$1
    shift
    {
        status=0
        "$@" </dev/null >"$logs/$name" 2>&1 || status=$?
        echo "$status $name" >&3
    } &
    groups+=($!)
    started=$((started + 1))
}

has_postgres=false has_browser=false missing=()
if tools/postgres.sh --found; then has_postgres=true; else missing+=("PostgreSQL (no initdb found)"); fi
if $python -m tools.browser >/dev/null; then has_browser=true; else missing+=("browser tests (no Chromium found)"); fi
if [ ${#missing[@]} -gt 0 ]; then
    printf -v list '%s, ' "${missing[@]}"
    if [ "${REQUIRE_ALL:-}" = 1 ]; then
        echo "Needed here, but missing: ${list%, }." >&2
        exit 1
    fi
    echo "Not run on this machine: ${list%, }."
fi

pytest=("$python" -m pytest -n "${TEST_WORKERS:-$(getconf _NPROCESSORS_ONLN)}")
case $has_postgres-$has_browser in
    true-true) start "SQLite and browser" "${pytest[@]}" -m "both_databases or browser" ;;
    true-false) start SQLite "${pytest[@]}" -m "both_databases and not browser" ;;
    false-true) start "SQLite and browser" "${pytest[@]}" ;;
    false-false) start SQLite "${pytest[@]}" -m "not browser" ;;
esac
if $has_postgres; then
    start PostgreSQL tools/postgres.sh "${pytest[@]}" -m "not browser"
fi
start contract tools/contract.sh
start checks tools/check.sh

failed=()
while [ $started -gt 0 ]; do
    read -r status name <&3
    started=$((started - 1))
    echo "== $name"
    cat "$logs/$name"
    [ "$status" = 0 ] || failed+=("$name")
    if [ "${REQUIRE_ALL:-}" = 1 ] && tail -1 "$logs/$name" | grep -Eq '(skipped|xfailed|xpassed)'; then
        failed+=("$name: a test was skipped, and here every test runs")
    fi
done
if [ ${#failed[@]} -gt 0 ]; then
    printf 'Failed: %s.\n' "${failed[@]}" >&2
    exit 1
fi
