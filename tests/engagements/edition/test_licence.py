"""Licence of the data: it stands once, and whatever names it takes it from there."""

import re

import pytest
from django.conf import settings

from engagements.edition import licence

LINK = f'<a href="{licence.URL}" rel="license external noopener">{licence.NAME}</a>'


def test_the_licence_stands_in_one_file():
    spelled = re.compile(r"CC.BY|creativecommons")
    offenders = [
        str(path.relative_to(settings.BASE_DIR))
        for folder in ("config", "engagements", "provinces", "templates", "locale")
        for path in (settings.BASE_DIR / folder).rglob("*")
        if path.suffix in (".py", ".html", ".txt", ".po")
        and path.name != "licence.py"
        and spelled.search(path.read_text(encoding="utf-8"))
    ]
    assert offenders == []


@pytest.mark.parametrize("path", ["/gioi-thieu/", "/en/gioi-thieu/", "/du-lieu/", "/en/du-lieu/"])
def test_pages_link_to_the_licence(register, client, path):
    page = client.get(path).content.decode()
    assert LINK in page
    assert f"({licence.NAME})" in page  # in the foot of every page


@pytest.mark.parametrize(
    ("path", "named"),
    [
        pytest.param("/cap-nhat/atom.xml", f"<rights>{licence.NAME}</rights>", id="feed-name"),
        pytest.param("/cap-nhat/atom.xml", f'href="{licence.URL}"', id="feed-address"),
        pytest.param("/gioi-thieu/", f'"license":"{licence.URL}"', id="linked-data"),
        pytest.param("/du-lieu/catalog.jsonld", f'"@id":"{licence.URL}"', id="catalogue"),
        pytest.param("/api/schema/?format=json", f'"url":"{licence.URL}"', id="schema"),
    ],
)
def test_what_programs_read_names_the_licence(register, client, path, named):
    response = client.get(path)
    text = b"".join(response) if response.streaming else response.content
    assert named in re.sub(r'": "', '":"', text.decode())
