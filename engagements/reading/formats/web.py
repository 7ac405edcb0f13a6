"""Web pages: the article without menus and related news, and what the page says of itself.

trafilatura is given the parsed page, and never fetches one. lxml keeps its own limits (no
`huge_tree`); ours come before trafilatura, which takes 17 s for 5 MB of paragraphs.
"""

import re
from copy import deepcopy

from .encoded import text_of
from .raw import MOST_LEVELS, Full, Raw, Refused, lined, spaced

BYTES = 5 * 1024 * 1024
ELEMENTS = 20_000
CHARACTERS = 2_000_000  # of text, scripts apart
ROWS = 2_000  # of one table
DECLARED = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
UNREAD = ("script", "style", "noscript", "template", "svg", "iframe", "object", "form", "head")
UNSHOWN = ("noscript", "template", "iframe", "object")  # no scripts: some say the day
ARTICLE = ("article", "main")
AROUND = ("nav", "header", "footer", "aside", "button", "select", "dialog")
HIDDEN_STYLE = re.compile(
    r"display:none|visibility:(?:hidden|collapse)|font-size:0(?![.\d])|opacity:0(?![.\d])"
)
COLOUR = re.compile(r"(?:^|;)(color|background(?:-color)?):([^;]+)")
BLOCKS = set("p div section article h1 h2 h3 h4 h5 h6 li ul ol dl dt dd blockquote pre".split())  # noqa: SIM905
BLOCKS |= set("table tr td th br hr figure figcaption main body address".split())  # noqa: SIM905
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
LEAD_WORDS = 10
SENTENCE_ENDS = (".", "!", "?", "…", "”", '"')
SHORTEST = 250  # characters of an article; below it the whole page is read


def read(content, declared="", address=""):
    """A Raw of the page. Raises Refused."""
    if len(content) > BYTES:
        raise Refused("too_large")
    if not content.strip():
        raise Refused("empty")
    said = DECLARED.search(content[:4096])
    page = _parsed(text_of(content, declared or (said[1].decode("ascii") if said else "")))
    raw = Raw()
    raw.says = _says(page, address)
    _drop_hidden(raw, page)
    try:
        _take(raw, _blocks_of_article(page))
    except Full:
        pass
    if not raw.blocks:
        raise Refused("no_article")
    return raw


def _parsed(text):
    from lxml import etree, html

    parser = html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        page = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise Refused("no_article") from error
    levels = elements = 0
    for event, _element in etree.iterwalk(page, events=("start", "end")):
        levels += 1 if event == "start" else -1
        elements += event == "start"
        if levels > MOST_LEVELS:
            raise Refused("too_deep")
        if elements > ELEMENTS:
            raise Refused("too_large")
    written = sum(
        len(element.text or "") * (element.tag not in UNREAD) + len(element.tail or "")
        for element in page.iter()
    )
    if written > CHARACTERS:
        raise Refused("too_large")
    return page


# -- what it says of itself


def _says(page, address):
    from trafilatura import extract_metadata

    dates = {"original_date": True, "extensive_search": False, "outputformat": "%Y-%m-%d"}
    found = extract_metadata(page, default_url=address or None, date_config=dates)
    canonical = page.xpath("string(//link[@rel='canonical']/@href)").strip()
    says = {
        "title": _title(page) or (found and found.title) or "",
        "publisher": (found and (found.sitename or found.hostname)) or "",
        "day": _published_day(page) or (found and found.date) or "",
        "url": canonical if canonical.startswith(("http://", "https://")) else "",
    }
    return {name: spaced(str(value))[:500] for name, value in says.items() if value}


def _title(page):
    """What the page says when it is shared: the title without the name of the site."""
    return page.xpath("string(//meta[@property='og:title']/@content)")


def _published_day(page):
    """The day that the page itself names as that of its publication."""
    names = ("article:published_time", "datePublished", "pubdate", "dc.date.issued", "dc.created")
    for name in names:
        said = page.xpath(
            "string(//*[@property=$name or @name=$name or @itemprop=$name]/@content)", name=name
        )
        if day := DAY.match(said.strip()):
            return day[0]
    return ""


# -- what no reader sees


def _drop_hidden(raw, page):
    for element in list(page.iter(*UNSHOWN)):
        element.drop_tree()
    dropped = set()
    for element in [element for element in page.iter() if isinstance(element.tag, str)]:
        if element.tag in ("html", "head", "body") or element.getparent() is None:
            continue
        if _is_hidden(element) and dropped.isdisjoint(_with_ancestors(element)):
            dropped.add(element)
            words = " ".join(element.itertext()).split()
            # Menus and dialogues are often folded away: they were no part of the article anyway.
            if words and not any(around.tag in AROUND for around in _with_ancestors(element)):
                raw.count("hidden", len(words))
            element.drop_tree()


def _with_ancestors(element):
    return (element, *element.iterancestors())


def _is_hidden(element):
    if element.get("hidden") is not None or element.get("aria-hidden", "").strip() == "true":
        return True
    style = re.sub(r"\s+|!important", "", element.get("style", "").lower())
    if not style:
        return False
    return bool(HIDDEN_STYLE.search(style)) or _has_one_colour(style)


def _has_one_colour(style):
    """White on white, as the element itself says it; of the rest of the page nothing is known."""
    colours = {name.partition("-")[0]: value for name, value in COLOUR.findall(style)}
    return "color" in colours and colours["color"] == colours.get("background")


# -- its text


def _blocks_of_article(page):
    """The paragraphs and tables of the article; of the whole page where it has none."""
    from trafilatura import bare_extraction
    from trafilatura.settings import use_config

    config = use_config()
    config.set("DEFAULT", "EXTRACTION_TIMEOUT", "0")
    config.set("DEFAULT", "MIN_OUTPUT_SIZE", "1")
    article = bare_extraction(
        deepcopy(page),
        include_comments=False,
        include_tables=True,
        include_links=False,
        include_images=False,
        deduplicate=False,
        with_metadata=False,
        config=config,
    )
    article = _blocks(article.body) if article is not None and article.body is not None else []
    titles = {_letters(heading.text_content()) for heading in page.iter("h1")}
    for element in list(page.iter(*UNREAD, *AROUND)):
        is_of_article = any(around.tag in ARTICLE for around in element.iterancestors())
        if not (element.tag == "header" and is_of_article):
            element.drop_tree()
    whole = _blocks(page)
    if _length(article) < SHORTEST and _length(whole) > 2 * _length(article):
        return whole
    return _with_lead(article, whole, titles)


def _length(blocks):
    return sum(len(str(block)) for block in blocks)


def _letters(text):
    return "".join(text.split())


def _with_lead(article, whole, titles):
    """The article with its title and what stands between that and its beginning as prose.

    Papers put the lead, which says who met whom and when, outside of the article's own element.
    """
    said = {_letters(block[1]) for block in article if block[0] == "text"} - titles
    places = [_letters(block[1]) if block[0] == "text" else "" for block in whole]
    begin = next((place for place, text in enumerate(places) if text in said), None)
    above = [place for place in range(begin or 0) if places[place] in titles]
    if not above:
        return article
    title = above[-1]
    lead = [
        block for block in whole[title + 1 : begin] if block[0] == "text" and _is_prose(block[1])
    ]
    rest = [block for block in article if block[0] != "text" or _letters(block[1]) not in titles]
    return [whole[title], *lead, *rest]


def _is_prose(text):
    words = text.count(" ") + 1
    return words >= LEAD_WORDS and (words >= 2 * LEAD_WORDS or text.endswith(SENTENCE_ENDS))


def _blocks(body):
    """["text", …] and ["table", rows] in their order."""
    blocks, words = [], []

    def close():
        if text := spaced("".join(words)):
            blocks.append(["text", text])
        words.clear()

    def walk(element):
        is_block = element.tag in BLOCKS or element.tag in ("head", "item", "list", "quote", "lb")
        if is_block:
            close()
        if element.tag == "table" and (rows := _rows(element)):
            blocks.append(["table", rows])
        else:
            words.append(element.text or "")
            for child in element:
                walk(child)
                words.append(child.tail or "")
        if is_block:
            close()

    walk(body)
    close()
    return blocks


def _rows(table):
    """The rows of a table that holds none itself; else nothing, and it is read as a layout."""
    if next(table.iterdescendants("table"), None) is not None:
        return []
    rows = []
    for row in table.iterdescendants("row", "tr"):
        cells = []
        for cell in row.iterchildren("cell", "td", "th"):
            cells.append("\n".join(block[1] for block in _blocks_of_cell(cell)))
            span = cell.get("colspan") or cell.get("span") or "1"
            cells += [""] * (min(int(span), 40) - 1 if span.isdecimal() else 0)
        rows.append(cells)
        if len(rows) >= ROWS:
            break
    return rows


def _blocks_of_cell(cell):
    return [block for block in _blocks(cell) if block[0] == "text"]


def _take(raw, blocks):
    for kind, value in blocks:
        if kind == "table":
            raw.table([[lined(cell) for cell in row] for row in value])
        else:
            raw.text(value)
