#!/usr/bin/env bash
# Runs a command with DATABASE_URL of a throw-away PostgreSQL, which is gone when the command ends.
#   tools/postgres.sh --found     says whether the server's programs are there
#   tools/postgres.sh COMMAND …   exit status of the command
# It listens on a socket in a folder of its own, on no port, so that many can run side by side.
set -euo pipefail

programs=""
# Where no initdb is on the PATH, a folder that does not exist stands for it and is passed over.
for folder in "${POSTGRES_BIN:-}" $(ls -d /usr/lib/postgresql/*/bin /opt/homebrew/opt/postgresql*/bin \
    /usr/local/opt/postgresql*/bin 2>/dev/null | sort -Vr) \
    "$(dirname "$(command -v initdb 2>/dev/null || echo /nowhere/initdb)")"; do
    if [ -n "$folder" ] && [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ]; then
        programs=$folder
        break
    fi
done
[ -n "$programs" ] || exit 1
[ "${1:-}" != --found ] || exit 0

# The server refuses root: somebody without rights runs it then.
owner=$(id -un)
if [ "$(id -u)" = 0 ]; then
    owner=postgres
    id "$owner" >/dev/null 2>&1 || owner=nobody
fi
as_owner() {
    if [ "$(id -un)" = "$owner" ]; then sh -c "$1"; else su "$owner" -s /bin/sh -c "$1"; fi
}

# The path of a socket must be short: TMPDIR may not be.
folder=/tmp/satcanh-pg-$$-$RANDOM
mkdir -m 700 "$folder"
[ "$(id -un)" = "$owner" ] || chown "$owner" "$folder"
finish() {
    trap - EXIT INT TERM HUP
    # It may never have started, or be gone: either way the folder goes, and the command's status counts.
    as_owner "cd / && '$programs/pg_ctl' stop -D '$folder/data' -m immediate -s" >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

as_owner "cd / && '$programs/initdb' -D '$folder/data' -U satcanh -A trust -E UTF8 --locale=C --no-sync" \
    >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 2; }
options="-c listen_addresses= -c unix_socket_directories=$folder -c fsync=off -c synchronous_commit=off \
-c full_page_writes=off -c max_connections=60"
as_owner "cd / && '$programs/pg_ctl' start -D '$folder/data' -w -s -l '$folder/data/log' -o '$options'" \
    >"$folder/log" 2>&1 || { cat "$folder/log" "$folder/data/log" >&2; exit 2; }

# A busy machine is slow, and no test is about that: those of timeouts set their own.
export STATEMENT_TIMEOUT=60000 LOCK_TIMEOUT=60000
export DATABASE_URL="postgres://satcanh@/$folder/postgres"
"$@"
