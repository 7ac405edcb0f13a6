"""Builds .venv from a hashed lock, and only when the lock has changed.

Run by the machine's own python3, of any age, with nothing installed. It may be called from any
state: a half-built .venv is mended or built again. Two calls at once wait for each other.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST = (3, 11)


def stop(*lines):
    sys.stderr.write("\n".join(lines) + "\n")
    sys.exit(2)


def check_interpreter():
    if sys.version_info < OLDEST:
        stop(
            f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed; {sys.executable} is "
            f"{sys.version_info[0]}.{sys.version_info[1]}.",
            "Name another one with: make run PYTHON=/path/to/python3.11",
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        stop(
            f"{sys.executable} has no venv or no pip.",
            "On Debian or Ubuntu: apt-get install python3-venv",
        )


def works(python):
    """Whether the environment's interpreter starts, is new enough and has pip."""
    test = f"import sys, pip; sys.exit(sys.version_info < {OLDEST})"
    try:
        done = subprocess.run([str(python), "-c", test], capture_output=True)  # noqa: S603
    except OSError:
        return False
    return done.returncode == 0


def build(lock):
    python = VENV / "bin" / "python"
    stamp = VENV / f"{lock.stem}.sha256"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == digest and works(python):
        return
    check_interpreter()
    if not works(python):
        print("Building .venv …", flush=True)
        command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
        if subprocess.run(command).returncode != 0:  # noqa: S603
            stop(
                f"{sys.executable} could not build an environment (see above).",
                "On Debian or Ubuntu: apt-get install python3-venv",
            )
    print(f"Installing {lock.relative_to(ROOT)} …", flush=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.run([*pip, "--require-hashes", "-r", str(lock)]).returncode != 0:  # noqa: S603
        stop(f"{lock.relative_to(ROOT)} could not be installed (see above); call again to go on.")
    stamp.write_text(digest)


def main(name):
    import fcntl

    (ROOT / "var").mkdir(exist_ok=True)
    with open(ROOT / "var" / ".environment.lock", "w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        build(ROOT / "requirements" / f"{name}.txt")


if __name__ == "__main__":
    os.chdir(str(ROOT))
    main(sys.argv[1] if len(sys.argv) > 1 else "runtime")
