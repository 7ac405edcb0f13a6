"""Web pages: the article without what stands round it, what the page says of itself, bounds."""

import unicodedata

import pytest

from engagements.reading.formats import web
from engagements.reading.formats.raw import Refused

SAPO = "Chiều 16/7, Bộ trưởng làm việc với lãnh đạo tỉnh A về chuyển đổi số và hạ tầng viễn thông."
ASKED = "Tỉnh đề nghị Bộ hỗ trợ phủ sóng năm thôn vùng sâu trong năm 2025, nhất là thôn biên giới."
SAID = "Bộ trưởng giao Cục Viễn thông chủ trì, cùng Sở khảo sát và báo cáo kết quả trước ngày 30/9."
HEAD = """<title>Bộ trưởng làm việc với tỉnh A | Báo B</title>
<meta property="og:title" content="Bộ trưởng làm việc với tỉnh A">
<meta property="og:site_name" content="Báo B">
<meta property="article:published_time" content="2024-07-16T18:00:00+07:00">
<link rel="canonical" href="https://bao-b.example.vn/a.html">"""


def page(body, head=HEAD):
    head = f"<head><meta charset=utf-8>{head}</head>"
    return f"<!doctype html><html lang=vi>{head}{body}</html>".encode()


def article(*parts):
    paragraphs = "".join(part if part.startswith("<") else f"<p>{part}</p>" for part in parts)
    return page(
        f"<body><article><h1>Bộ trưởng làm việc với tỉnh A</h1>{paragraphs}</article></body>"
    )


def texts(content, **given):
    return [block[1] for block in web.read(content, **given).blocks if block[0] == "text"]


def test_the_article_is_read_without_what_stands_round_it():
    content = page(
        "<body><nav><ul><li><a href=/>Trang chủ</a><li><a href=/x>Thời sự</a></ul></nav>"
        "<div class=cookie>Chúng tôi sử dụng cookie để cải thiện trải nghiệm.</div><article>"
        f"<h1>Bộ trưởng làm việc với tỉnh A</h1><p>{SAPO}</p><h2>Kiến nghị</h2><p>{ASKED}</p>"
        f"<ul><li>Một là hạ tầng</li><li>Hai là nhân lực</li></ul><p>{SAID}<br>Buổi làm việc kết"
        " thúc.</p></article><div class=related><h3>Tin liên quan</h3><ul><li><a href=/1>Tỉnh B đẩy"
        " mạnh cải cách</a></ul></div><footer>Bản quyền thuộc Báo B</footer></body>"
    )
    assert texts(content) == [
        "Bộ trưởng làm việc với tỉnh A",
        SAPO,
        "Kiến nghị",
        ASKED,
        "Một là hạ tầng",
        "Hai là nhân lực",
        SAID,
        "Buổi làm việc kết thúc.",
    ]


@pytest.mark.parametrize(
    "head",
    [
        "<h1>Bộ trưởng làm việc với tỉnh A</h1><div>16/07/2024 18:30</div><h2>{}</h2>",
        "<article><header><h1>Bộ trưởng làm việc với tỉnh A</h1><p>{}</p></header></article>",
    ],
    ids=["above-the-article", "in-its-header"],
)
def test_the_lead_outside_the_article_is_read_too(head):
    long = [ASKED, SAID, "Chủ tịch tỉnh cho biết tỉnh đã phủ sóng phần lớn số thôn trên địa bàn."]
    inside = "".join(f"<p>{text}</p>" for text in (*long, "Nguyễn Thị K"))
    content = page(f"<body>{head.format(SAPO)}<div class=content>{inside}</div></body>")
    assert texts(content) == ["Bộ trưởng làm việc với tỉnh A", SAPO, *long, "Nguyễn Thị K"]


def test_a_page_that_a_script_writes_holds_no_article():
    with pytest.raises(Refused, match="no_article"):
        web.read(page("<body><div id=root></div><noscript>Enable JavaScript.</noscript></body>"))


def test_what_the_page_says_of_itself_is_taken():
    assert web.read(article(SAPO, ASKED, SAID)).says == {
        "title": "Bộ trưởng làm việc với tỉnh A",
        "publisher": "Báo B",
        "day": "2024-07-16",
        "url": "https://bao-b.example.vn/a.html",
    }


def test_a_page_that_names_no_day_has_none():
    says = web.read(page(f"<body><p>{SAPO}</p><p>{ASKED}</p><p>{SAID}</p></body>", head="")).says
    assert "day" not in says
    assert "url" not in says


@pytest.mark.parametrize(
    "hidden",
    [
        '<p style="display: none">{}</p>',
        '<p style="visibility:hidden !important">{}</p>',
        "<p hidden>{}</p>",
        '<p aria-hidden="true">{}</p>',
        '<p style="font-size:0">{}</p>',
        '<p style="color:#fff; background-color:#fff">{}</p>',
        '<div style="opacity:0"><p>{}</p></div>',
    ],
)
def test_what_no_reader_sees_is_left_out_and_counted(hidden):
    raw = web.read(article(SAPO, hidden.format("Bộ hứa một nghìn tỷ đồng."), ASKED, SAID))
    assert "nghìn tỷ" not in str(raw.blocks)
    assert raw.counts == {"hidden": 6}


def test_a_menu_that_is_folded_away_is_not_counted():
    menu = '<body><nav><ul style="display:none"><li>Thời sự</li></ul></nav>'
    raw = web.read(article(SAPO, ASKED, SAID).replace(b"<body>", menu.encode()))
    assert raw.counts == {}


@pytest.mark.parametrize(
    "shown",
    [
        '<p style="color:#fff">{}</p>',
        '<p style="opacity:0.9">{}</p>',
        '<p aria-hidden="false">{}</p>',
    ],
)
def test_what_may_be_seen_stays(shown):
    content = article(SAPO, shown.format("Bộ giao Cục chủ trì việc này."), ASKED, SAID)
    assert "Bộ giao Cục chủ trì việc này." in texts(content)


def test_a_table_keeps_its_rows():
    cells = (
        "<table><tr><th>STT</th><th>Nội dung</th><th>Kết quả</th></tr><tr><td>1</td><td>Phủ sóng"
    )
    cells += (
        "</td><td><p>Đã xong</p><p>tháng 3</p></td></tr><tr><td>2</td><td></td><td>Chưa</td></tr>"
    )
    rows = [block for block in web.read(article(SAPO, ASKED, f"{cells}</table>", SAID)).blocks
            if block[0] == "row"]  # fmt: skip
    assert rows == [
        ["row", 1, ["STT", "Nội dung", "Kết quả"]],
        ["row", 1, ["1", "Phủ sóng", "Đã xong\ntháng 3"]],
        ["row", 1, ["2", "", "Chưa"]],
    ]


def test_a_page_laid_out_in_tables_is_read_as_text():
    content = page(
        "<body><table><tr><td>Menu</td><td><table><tr><td>"
        f"<p>{SAPO}</p><p>{ASKED}</p><p>{SAID}</p></td></tr></table></td></tr></table></body>"
    )
    assert {SAPO, ASKED, SAID} <= set(texts(content))


def test_a_short_page_is_read_whole():
    assert texts(page("<body><p>Tỉnh đề nghị Bộ.</p></body>")) == ["Tỉnh đề nghị Bộ."]


@pytest.mark.parametrize(
    ("encoding", "declared", "meta"),
    [
        ("windows-1258", "windows-1258", ""),
        ("windows-1258", "", "<meta charset=windows-1258>"),
        ("windows-1258", "", ""),
        ("utf-16", "", ""),
        ("utf-8", "iso-8859-1", ""),
        ("utf-8", "no-such-encoding", ""),
    ],
)
def test_a_page_in_another_encoding_is_read(encoding, declared, meta):
    text = f"<html><head>{meta}</head><body><p>{SAPO}</p><p>{ASKED}</p><p>{SAID}</p></body></html>"
    is_windows = encoding == "windows-1258"
    content = as_windows_1258(text) if is_windows else text.encode(encoding)
    assert texts(content, declared=declared) == [SAPO, ASKED, SAID]


def as_windows_1258(text):
    """Letters with their marks as that encoding has them: the tone a character of its own."""
    pieces = []
    for character in text:
        try:
            pieces.append(character.encode("cp1258"))
        except UnicodeEncodeError:
            base, *tones = unicodedata.normalize("NFD", character)
            hats = [mark for mark in tones if mark in "\u0302\u0306\u031b"]
            tones = [mark for mark in tones if mark not in hats]
            letter = unicodedata.normalize("NFC", base + "".join(hats))
            pieces.append((letter + "".join(tones)).encode("cp1258"))
    return b"".join(pieces)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(page("<body>" + "<p>Bộ giao Cục.</p>" * 25_000), "too_large", id="paragraphs"),
        pytest.param(
            page("<body>" + "<p>Bộ giao Cục." * 300_000), "too_large", id="five-megabytes"
        ),
        pytest.param(page("<body>" + "<div>" * 150 + "x"), "too_deep", id="deep"),
        pytest.param(page("<body>" + "<div>" * 100_000 + "x"), "too_deep", id="deeper"),
        pytest.param(page("<body><p>" + "Bộ giao " * 300_000), "too_large", id="characters"),
        pytest.param(page("<body><script>1</script></body>"), "no_article", id="script-alone"),
        pytest.param(b" \n", "empty", id="empty"),
        pytest.param(b"<html>" + bytes(range(32)) * 50, "unknown", id="no-text"),
    ],
)
def test_what_cannot_be_read_is_refused(content, why):
    with pytest.raises(Refused, match=why):
        web.read(content)
