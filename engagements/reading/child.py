"""Child process that parses one file: limits of memory, time and reach first, then the parser.

    python -m engagements.reading.child < file > JSON

The first line of what it reads is a JSON list, [kind, encoding, address]; the file follows.

What a hostile file breaks here is this process alone. It has no settings, no database and no way
out to the network, and knows no Django. One JSON object comes out: `{"raw": …}` or
`{"refused": code}`.
"""

import json
import os
import resource
import signal
import sys

MEMORY = 512 * 1024 * 1024
CPU_SECONDS = 10
# Doors that no parser needs: an attempt ends the reading.
FORBIDDEN = (
    "socket.connect", "socket.getaddrinfo", "socket.bind", "subprocess.Popen", "os.system",
    "os.exec", "os.posix_spawn", "os.fork", "os.remove", "os.rename", "os.mkdir",
)  # fmt: skip
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def limit():
    """Puts the limits in force, for this process and for good."""
    for what, soft, hard in (
        (resource.RLIMIT_AS, MEMORY, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS, CPU_SECONDS + 1),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        try:
            resource.setrlimit(what, (soft, hard))
        except (ValueError, OSError):
            if sys.platform == "linux":  # macOS, where people develop, knows no limit of memory
                raise
    signal.signal(signal.SIGXCPU, _time_is_up)
    sys.addaudithook(_refuse_doors)


def _time_is_up(*given):
    from .formats.raw import Refused

    raise Refused("too_long")


def _refuse_doors(event, arguments):
    if event in FORBIDDEN or (event == "open" and (arguments[2] or 0) & WRITING):
        raise PermissionError(event)


def parse(kind, content, declared="", address=""):
    """A Raw of the file as a dict. Raises Refused."""
    if kind == "docx":
        from .formats import word

        return word.read(content).as_dict()
    if kind == "pdf":
        from .formats import pdf

        return pdf.read(content).as_dict()
    if kind == "html":
        from .formats import web

        return web.read(content, declared, address).as_dict()
    from .formats import plain

    return plain.read(content, declared).as_dict()


def answer(kind, content, declared, address):
    """What the parent is told."""
    from .formats.raw import Refused

    try:
        return {"raw": parse(kind, content, declared, address)}
    except Refused as refusal:
        return {"refused": str(refusal)}
    except MemoryError:
        return {"refused": "too_large"}
    except RecursionError:
        return {"refused": "too_deep"}


def main():
    limit()
    kind, declared, address = json.loads(sys.stdin.buffer.readline())
    told = answer(kind, sys.stdin.buffer.read(), declared, address)
    sys.stdout.buffer.write(json.dumps(told).encode())


if __name__ == "__main__":
    main()
