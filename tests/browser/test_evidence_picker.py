"""A selection in a text becomes a quotation: whole words, at most twenty, in one paragraph."""

import pytest
from django.conf import settings

from engagements.models.base import QUOTE_WORDS

SCRIPT = settings.BASE_DIR / "config" / "static" / "evidence-picker.js"
FIRST = "Tỉnh đề nghị Bộ “cho thử nghiệm” giấy phép mới, và cử chuyên gia. Bộ ghi nhận (lần đầu)."
LONG = " ".join(f"chữ{n}" for n in range(1, 31))
PAGE = f"""<!doctype html><html lang="vi"><body><div data-evidence tabindex="0">
<p data-paragraph="3" data-sentences="0 {FIRST.index("Bộ ghi")}">{
    FIRST.replace("giấy phép", "<a href='#x'>giấy <b>phép</b></a>")
}</p>
<p data-paragraph="4">{LONG}</p></div></body></html>"""
LISTEN = """() => {
    window.told = [];
    for (const name of ["selected", "taken"]) {
        const keep = (event) => told.push({ name, ...event.detail });
        document.addEventListener(`evidence:${name}`, keep);
    }
}"""
SELECT = """([first, from, last, to]) => {
    const place = (number, offset) => {
        const walker = document.createTreeWalker(
            document.querySelector(`[data-paragraph="${number}"]`), NodeFilter.SHOW_TEXT);
        let node = walker.nextNode();
        while (offset > node.length) { offset -= node.length; node = walker.nextNode(); }
        return [node, offset];
    };
    told.length = 0;
    getSelection().setBaseAndExtent(...place(first, from), ...place(last, to));
}"""


@pytest.fixture(scope="module", autouse=True)
def loaded():
    """Nothing of the register: the script stands by itself."""


@pytest.fixture(autouse=True)
def db():
    """Nor of the database."""


@pytest.fixture
def text(page):
    page.set_content(PAGE)
    page.add_script_tag(path=SCRIPT)
    page.evaluate(LISTEN)
    return page


def told(page):
    page.wait_for_function("told.length > 0")
    return page.evaluate("told[told.length - 1]")


@pytest.mark.parametrize(
    ("start", "end", "quote"),
    [
        pytest.param("ỉnh đề", "đề n", "Tỉnh đề nghị", id="words-are-whole"),
        pytest.param(" đề nghị", "Bộ “", "đề nghị Bộ", id="edges-are-bare"),
        pytest.param("mới, và", "(lần đầu).", "mới, và cử chuyên gia. Bộ ghi nhận (lần đầu)",
                     id="what-it-opens-it-closes"),
        pytest.param("cho thử", "nghiệm” g", "cho thử nghiệm” giấy", id="marks-inside-stay"),
        pytest.param("giấy", "phép mới", "giấy phép mới", id="over-a-mark-of-the-page"),
    ],
)  # fmt: skip
def test_a_selection_becomes_whole_words(text, start, end, quote):
    text.evaluate(SELECT, [3, FIRST.index(start), 3, FIRST.index(end) + len(end)])
    answer = told(text)
    assert (answer["paragraph"], answer["quote"]) == (3, quote)
    assert FIRST[answer["start"] : answer["end"]] == quote
    assert (answer["isCut"], answer["isSeveral"]) == (False, False)


def test_more_than_twenty_words_are_cut_and_said(text):
    text.evaluate(SELECT, [4, 0, 4, len(LONG)])
    answer = told(text)
    assert answer["isCut"]
    assert answer["quote"].split() == LONG.split()[:QUOTE_WORDS]


def test_over_two_paragraphs_the_first_is_kept_and_said(text):
    text.evaluate(SELECT, [3, FIRST.index("Bộ ghi"), 4, 9])
    answer = told(text)
    assert answer["isSeveral"]
    assert (answer["paragraph"], answer["quote"]) == (3, "Bộ ghi nhận (lần đầu)")


def test_a_sentence_is_picked_and_stretched_by_keyboard(text):
    text.locator("[data-evidence]").focus()
    for key in ("ArrowDown", "ArrowDown", "Alt+Shift+ArrowRight", "Alt+Shift+ArrowRight"):
        text.keyboard.press(key)
    text.evaluate("told.length = 0")
    text.keyboard.press("Enter")
    answer = told(text)
    assert (answer["name"], answer["quote"]) == ("taken", "nhận (lần đầu)")
    text.keyboard.press("Shift+ArrowLeft")
    text.keyboard.press("Enter")
    text.wait_for_function("told[told.length - 1].quote === 'nhận (lần'")
