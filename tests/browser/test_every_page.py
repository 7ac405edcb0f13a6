"""What holds on every type of page: no accessibility fault, nothing that scrolls sideways.

On the addresses of `make screenshots`: in Vietnamese light on a wide screen and dark on a phone,
one address of each template; in English, and at the others, by width alone. `make walk` looks at
every address in every look (walk_every_page.py).
"""

import pytest

from tools.screenshots import MISSING, PAGES

# Further addresses of a template that another of them stands for.
ALIKE = {"tinh-hue", "chua-tra-loi", "cac-cam-ket", "cac-khuyen-nghi", "cam-ket", "khuyen-nghi"}
CASES = [("vi", name) for name in PAGES] + [("en", name) for name in PAGES if name not in ALIKE]
LOOKS = [("light", {"width": 1280, "height": 900}), ("dark", {"width": 360, "height": 740})]


@pytest.fixture(scope="module")
def one_context(browser, browser_context_args):
    """One for all pages of this file, so that the browser keeps the style sheet."""
    context = browser.new_context(**browser_context_args)
    yield context
    context.close()


@pytest.fixture
def page(one_context, watch):
    page = watch.on(one_context.new_page())
    yield page
    page.close()


@pytest.mark.parametrize(("language", "name"), CASES)
def test_a_type_of_page(page, watch, faults, language, name):
    address = PAGES[name] if language == "vi" else f"/en{PAGES[name]}"
    answer = page.goto(address)
    assert answer.status == (404 if name in MISSING else 200)
    assert page.locator("html").get_attribute("lang") == language
    for scheme, size in LOOKS if language == "vi" and name not in ALIKE else ():
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size)
        assert faults(page) == "", (scheme, size)
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    if name in MISSING:  # a browser writes an answer above 399 to its console
        watch.complaints = [one for one in watch.complaints if "Failed to load" not in one]
