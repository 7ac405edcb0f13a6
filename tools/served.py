"""A newly loaded register on a port of its own, in a scratch folder, for as long as it is needed.

python tools/served.py COMMAND …     runs a command; {address} in it is where the register is
"""

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Not Django's own server: each of its answers waits for the other side's delayed acknowledgement.
GUNICORN = ["--worker-class", "gthread", "--threads", "4", "--no-control-socket"]
MANAGE = [sys.executable, str(ROOT / "manage.py")]


def environment(folder, **more):
    """That of a scratch register; `more` is set beside it or instead."""
    return (
        os.environ
        | {
            "DEBUG": "0",  # with it, a missing page would be Django's
            "DEMO": "0",
            "HTTPS": "0",
            "ALLOWED_HOSTS": "127.0.0.1",
            "SECRET_KEY": secrets.token_urlsafe(60),
            "DATABASE_URL": f"sqlite:///{folder}/register.sqlite3",
            "MEDIA_ROOT": f"{folder}/scans",
            "CACHE_URL": "locmemcache://",
            "RUN_ROOT": f"{folder}/run",
            "API_RATE": "",  # one program asks more than a reader does
            "API_FILE_RATE": "",
            "LOG_LEVEL": "CRITICAL",
        }
        | more
    )


def run(environ, *command):
    """A command of manage.py in the scratch register."""
    subprocess.run([*MANAGE, *command, "-v0"], env=environ, check=True)  # noqa: S603


def loaded(environ):
    """Makes the register."""
    for command in (["migrate"], ["load_register"], ["collectstatic", "--noinput"]):
        run(environ, *command)


@contextmanager
def serving(environ):
    """A loaded register's address, and the server's process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{probe.getsockname()[1]}"
    server = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", place, *GUNICORN],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _attempt in range(100):
            try:
                urllib.request.urlopen(f"http://{place}/", timeout=5).close()
                break
            except OSError:
                time.sleep(0.2)
        yield f"http://{place}", server
    finally:
        server.terminate()
        server.wait()


@contextmanager
def served(folder):
    """The address of a newly loaded register."""
    environ = environment(folder)
    loaded(environ)
    with serving(environ) as (address, _server):
        yield address


def main():
    with tempfile.TemporaryDirectory() as folder, served(folder) as address:
        command = [word.replace("{address}", address) for word in sys.argv[1:]]
        sys.exit(subprocess.run(command).returncode)  # noqa: S603


if __name__ == "__main__":
    main()
