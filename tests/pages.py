"""Reading the public pages: what one holds, the site maps, and a crawler along the links."""

from collections import Counter
from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit
from xml.etree import ElementTree

MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


class Reading(HTMLParser):
    """What a page holds: its words, headings, links, ids, and how its elements nest."""

    VOID = frozenset({"meta", "link", "input", "br", "img", "path", "rect", "circle", "line"})

    def __init__(self, response):
        super().__init__()
        self.links, self.ids, self.attributes = [], Counter(), []
        self.open, self.words, self.headings, self.rows = [], [], [], 0
        self.feed(response.content.decode())
        assert self.open == [], f"elements left open: {self.open}"
        self.text = " ".join("".join(self.words).split())

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.attributes.append((tag, given))
        if "id" in given:
            self.ids[given["id"]] += 1
        if tag == "a":
            self.links.append(given["href"])
        if tag == "h1":
            self.headings.append("")
        if tag == "li" and self.open[-1] == "ol.items":
            self.rows += 1
        if tag not in self.VOID:
            self.open.append(f"{tag}.{given['class']}" if "class" in given else tag)

    def handle_startendtag(self, tag, attributes):
        self.attributes.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop().split(".")[0] == tag

    def handle_data(self, data):
        if "h1" in self.open:
            self.headings[-1] += data
        if "script" not in self.open:
            self.words.append(data)


def read(client, address, status=200, **headers):
    response = client.get(address, **headers)
    assert response.status_code == status, address
    return Reading(response)


def crawled(client, walks):
    """(address, response) of every page that links lead to, from the home page on.

    `walks` says of a path and the names of its parameters, met for the first time, whether to go.
    """
    waiting, seen = ["/"], {("/", ())}
    while waiting:
        address = waiting.pop()
        response = client.get(address)
        yield address, response
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            continue  # a feed, a calendar, a spreadsheet
        page = Reading(response)
        for link in page.links:
            there = urlsplit(urljoin(address, link))
            if there.netloc:
                continue
            if there.path == urlsplit(address).path and not there.query and there.fragment:
                assert there.fragment in page.ids, link
            asked = tuple(sorted(parse_qs(there.query)))
            if (there.path, asked) not in seen:
                seen.add((there.path, asked))
                if walks(there.path, asked):
                    waiting.append(there._replace(fragment="").geturl())


def sitemap(client):
    """Every address of the site maps, with its element."""
    index = _locations(client, "/sitemap.xml")
    found = {}
    for one in index.iter(f"{MAP}loc"):
        for url in _locations(client, one.text).iter(f"{MAP}url"):
            assert url.findtext(f"{MAP}loc") not in found
            found[url.findtext(f"{MAP}loc").removeprefix("http://testserver")] = url
    return found


def _locations(client, address):
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/xml"
    assert not response.cookies
    return ElementTree.fromstring(response.content)
