"""docs/screenshots: the loaded register as a visitor sees it, wide and narrow, light and dark.

A register of its own is loaded in a scratch folder, so that nobody's drafts come near a picture.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools import browser  # noqa: E402

FOLDER = ROOT / "docs" / "screenshots"
PAGES = {
    "trang-chu": "/",
    "tinh-ninh-binh": "/tinh/ninh-binh/",
    "tinh-hue": "/tinh/hue/",
    "kien-nghi": "/kien-nghi/KN-5/",
    "cam-ket": "/cam-ket/CK-1/",
    "buoi-lam-viec": "/buoi-lam-viec/2024-02-29-ninh-binh/",
}
WIDTHS = {1280: 800, 360: 640}  # and how tall


def served(folder):
    """A server of a newly loaded register; (process, address)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    environment = os.environ | {
        "DEBUG": "1",
        "DEMO": "0",
        "DATABASE_URL": f"sqlite:///{folder}/register.sqlite3",
        "LOG_LEVEL": "ERROR",
    }
    manage = [sys.executable, str(ROOT / "manage.py")]
    for command in (["migrate", "-v0"], ["load_register", "-v0"]):
        subprocess.run([*manage, *command], env=environment, check=True)  # noqa: S603
    server = subprocess.Popen(  # noqa: S603
        [*manage, "runserver", "--noreload", address],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _attempt in range(100):
        try:
            urllib.request.urlopen(f"http://{address}/", timeout=5).close()
            break
        except OSError:
            time.sleep(0.2)
    return server, f"http://{address}"


def take(address, path):
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(browser.ARGUMENTS))
        for width, height in WIDTHS.items():
            for scheme in ("light", "dark"):
                context = chromium.new_context(
                    viewport={"width": width, "height": height},
                    color_scheme=scheme,
                    locale="vi-VN",
                    reduced_motion="reduce",
                )
                page = context.new_page()
                for name, where in PAGES.items():
                    answer = page.goto(address + where)
                    if answer.status != 200:
                        sys.exit(f"{where} answered {answer.status}")
                    parts = [name, *([str(width)] if width != 1280 else [])]
                    parts += [scheme] if scheme != "light" else []
                    page.screenshot(path=FOLDER / f"{'-'.join(parts)}.png")
                context.close()
        chromium.close()


def main():
    path = browser.find()
    if path is None:
        sys.exit("No Chromium found: name one with CHROMIUM=/path/to/it")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        server, address = served(folder)
        try:
            take(address, path)
        finally:
            server.terminate()
            server.wait()
    size = sum(one.stat().st_size for one in FOLDER.glob("*.png"))
    print(f"{len(list(FOLDER.glob('*.png')))} pictures, {size // 1024} kB, in docs/screenshots")


if __name__ == "__main__":
    main()
