#!/usr/bin/env bash
# The API against its own description: everything that the description allows is asked of a loaded
# register in a scratch folder, and whatever comes back is held to it. `EXAMPLES=100` asks more.
set -euo pipefail
cd "$(dirname "$0")/.."

unset DATABASE_URL DEBUG DEMO SECRET_KEY
.venv/bin/python tools/served.py .venv/bin/st run --no-color --workers 1 \
    --max-examples "${EXAMPLES:-3}" --generation-deterministic "{address}/api/schema/"
