"""docs/screenshots: the loaded register as a visitor sees it, wide and narrow, light and dark.

A register of its own is loaded in a scratch folder, so that nobody's drafts come near a picture.
"""

import secrets
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools import browser  # noqa: E402
from tools.served import environment, run, served  # noqa: E402

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
# The staff's desk, for docs/staff.md: what is shown is made in the scratch register alone.
STAFF = "nguoi-chup-anh"
SET_UP = """
import secrets
from datetime import date, timedelta
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from engagements.models import Commitment, Meeting, ProvinceRequest, TakenUpItem
from provinces.models import Officer, Organization
users = get_user_model().objects
writer, reviewer = (
    users.create_user(name, name + "@example.vn", secrets.token_urlsafe(), is_staff=True)
    for name in ("nguoi-soan", "{staff}")
)
reviewer.set_password("{password}")
reviewer.save()
writer.groups.set(Group.objects.filter(name="Biên tập"))
reviewer.groups.set(Group.objects.filter(name__in=["Biên tập", "Duyệt"]))
held = Meeting.objects.get(slug="2024-02-29-ninh-binh")
for user in (writer, reviewer):
    Officer.objects.create(user=user, organization=held.ministry)
asked = ProvinceRequest.objects.get(code="KN-5")
asked.detail = asked.detail + " Phần này do người soạn thêm, để chụp trang duyệt."
asked._history_user = asked.updated_by = writer
asked._change_reason = "Bổ sung để chụp ảnh hướng dẫn"
asked.save()
later = Meeting(
    slug="anh-huong-dan", title="Buổi làm việc tiếp theo với Ninh Bình (ảnh hướng dẫn)",
    ministry=held.ministry, state_of_it="planned", planned_from=date.today(),
    planned_to=date.today() + timedelta(days=30), follows=held, created_by=reviewer,
    updated_by=reviewer,
)
later._history_user = reviewer
later.save()
later.provinces.set(held.provinces.all())
for one in ProvinceRequest.objects.filter(meeting=held)[:4]:
    TakenUpItem.objects.create(meeting=later, request=one)
for one in Commitment.objects.filter(meeting=held)[:3]:
    TakenUpItem.objects.create(meeting=later, commitment=one)
"""
DESK = {
    "ban-viec-can-ban": lambda page: page.goto("/admin/"),
    "ban-buoi-lam-viec": lambda page: _first(page, "meeting", "2024-02-29-ninh-binh"),
    "ban-duyet": lambda page: _first(page, "provincerequest", "KN-5", "review/"),
    "ban-lich-su": lambda page: _first(page, "provincerequest", "KN-5", "history/"),
    "ban-ra-soat": lambda page: _first(page, "meeting", "anh-huong-dan", "reviewed/"),
    "ban-nhap-excel": lambda page: page.goto("/admin/engagements/commitment/import/"),
}
MISSING = {"khong-co-trang"}  # the page that says so
README = "tinh-ninh-binh"  # a sharp picture for README.md
WIDTHS = {1280: 0.66, 360: 0.66}  # and how many dots of a picture to one of the page
HEIGHT = 900
QUALITY = 55  # of a JPEG


def _first(page, table, words, ending=""):
    """Opens the first row that a list finds, or a page below it."""
    page.goto(f"/admin/engagements/{table}/?q={words}")
    href = page.locator("#result_list tbody th a").first.get_attribute("href").partition("?")[0]
    page.goto(href.removesuffix("change/") + ending if ending else href)


def take_desk(address, path, password):
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(browser.ARGUMENTS))
        context = chromium.new_context(
            base_url=address,
            viewport={"width": 1280, "height": HEIGHT},
            device_scale_factor=WIDTHS[1280],
            locale="vi-VN",
        )
        page = context.new_page()
        page.goto("/admin/")
        page.locator("#id_username").fill(STAFF)
        page.locator("#id_password").fill(password)
        page.locator("input[type=submit], button[type=submit]").first.click()
        page.wait_for_url("**/admin/")
        for name, opened in DESK.items():
            opened(page)
            page.screenshot(path=FOLDER / f"{name}.jpg", type="jpeg", quality=QUALITY)
        chromium.close()


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
    password = secrets.token_urlsafe(16)
    made = SET_UP.replace("{staff}", STAFF).replace("{password}", password)
    with tempfile.TemporaryDirectory() as folder, served(folder) as address:
        take(address, path)
        # Afterwards, so that the public pages are those of the documents alone.
        run(environment(folder), "shell", "-c", made)
        take_desk(address, path, password)
    sizes = [one.stat().st_size for one in FOLDER.iterdir()]
    print(f"{len(sizes)} pictures, {sum(sizes) // 1024} kB, in docs/screenshots")


if __name__ == "__main__":
    main()
