"""docs/screenshots: the loaded register as a visitor sees it, wide and narrow, light and dark.

A register of its own is loaded in a scratch folder, so that nobody's drafts come near a picture.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools import browser  # noqa: E402
from tools.served import served  # noqa: E402

FOLDER = ROOT / "docs" / "screenshots"
# One address of each type of page; the browser tests read them all too.
PAGES = {
    "trang-chu": "/",
    "cac-tinh": "/tinh/",
    "tinh-ninh-binh": "/tinh/ninh-binh/",
    "tinh-hue": "/tinh/hue/",
    "ho-so": "/tinh/ninh-binh/ho-so/",
    "cac-kien-nghi": "/kien-nghi/",
    "chua-tra-loi": "/kien-nghi/?answer=unanswered",
    "kien-nghi": "/kien-nghi/KN-5/",
    "ban-cong-bo": "/kien-nghi/KN-5/ban-cong-bo/",
    "cac-cam-ket": "/cam-ket/",
    "cam-ket": "/cam-ket/CK-1/",
    "cac-khuyen-nghi": "/khuyen-nghi/",
    "khuyen-nghi": "/khuyen-nghi/KH-1/",
    "cac-buoi-lam-viec": "/buoi-lam-viec/",
    "buoi-lam-viec": "/buoi-lam-viec/2024-02-29-ninh-binh/",
    "cac-nguon": "/nguon/",
    "nguon": "/nguon/NG-1/",
    "cac-can-bo": "/can-bo/",
    "can-bo": "/can-bo/nguyen-manh-hung/",
    "cac-co-quan": "/co-quan/",
    "co-quan": "/co-quan/bo-thong-tin-va-truyen-thong/",
    "cac-linh-vuc": "/linh-vuc/",
    "linh-vuc": "/linh-vuc/sandbox/",
    "tim-kiem": "/tim-kiem/?q=nhan+luc",
    "tim-khong-thay": "/tim-kiem/?q=vinfast",
    "cap-nhat": "/cap-nhat/",
    "gioi-thieu": "/gioi-thieu/",
    "du-lieu": "/du-lieu/",
    "tu-dien": "/du-lieu/tu-dien/",
    "theo-doi": "/theo-doi/?trang=/tinh/hue/",
    "bao-loi": "/bao-loi/?ve=CK-1",
    "khong-co-trang": "/khong-co-trang-nay/",
}
MISSING = {"khong-co-trang"}  # the page that says so
README = "tinh-ninh-binh"  # a sharp picture for README.md
WIDTHS = {1280: 0.66, 360: 0.66}  # and how many dots of a picture to one of the page
HEIGHT = 900
QUALITY = 55  # of a JPEG


def take(address, path):
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(browser.ARGUMENTS))
        for width, dots in WIDTHS.items():
            for scheme in ("light", "dark"):
                context = chromium.new_context(
                    viewport={"width": width, "height": HEIGHT},
                    device_scale_factor=dots,
                    color_scheme=scheme,
                    locale="vi-VN",
                    reduced_motion="reduce",
                )
                page = context.new_page()
                for name, where in PAGES.items():
                    answer = page.goto(address + where)
                    if answer.status != (404 if name in MISSING else 200):
                        sys.exit(f"{where} answered {answer.status}")
                    parts = [name, *([str(width)] if width != 1280 else [])]
                    parts += [scheme] if scheme != "light" else []
                    picture = FOLDER / "-".join(parts)
                    page.screenshot(path=f"{picture}.jpg", type="jpeg", quality=QUALITY)
                context.close()
        page = chromium.new_page(viewport={"width": 1280, "height": HEIGHT}, locale="vi-VN")
        page.goto(address + PAGES[README])
        page.screenshot(path=FOLDER / f"{README}.png")
        chromium.close()


def main():
    path = browser.find()
    if path is None:
        sys.exit("No Chromium found: name one with CHROMIUM=/path/to/it")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    with tempfile.TemporaryDirectory() as folder, served(folder) as address:
        take(address, path)
    sizes = [one.stat().st_size for one in FOLDER.iterdir()]
    print(f"{len(sizes)} pictures, {sum(sizes) // 1024} kB, in docs/screenshots")


if __name__ == "__main__":
    main()
