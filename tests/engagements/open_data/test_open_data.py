"""The page of open data, the files it leads to, the dictionary, the catalogue, the client."""

import hashlib
import json
import os
import re
from datetime import datetime
from shutil import copytree

import pytest
from django.conf import settings as django_settings
from django.core.cache import caches
from django.core.management import call_command
from django.utils import timezone
from django.utils.http import http_date
from django.utils.translation import override
from rest_framework.serializers import ChoiceField

from engagements.edition.columns import columns_of_kinds
from engagements.edition.models import Edition
from engagements.open_data import catalog as dcat
from engagements.open_data import dictionary, dumps
from engagements.open_data import views as open_data
from engagements.open_data.datasets import datasets
from engagements.publication.publishing import withdraw
from engagements.words import Kind
from tests.engagements.api.test_changes import client_of_the_docs, whole
from tests.engagements.pages.test_linked_data import linked
from tests.factories import (
    make_request,
    many,
    published,
    published_together,
    publisher,
)

API_WORDS = (django_settings.BASE_DIR / "docs" / "api.md").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    settings.DUMPS_ROOT = tmp_path / "dumps"
    return settings.DUMPS_ROOT


@pytest.fixture(scope="module")
def made_once(tmp_path_factory):
    return tmp_path_factory.mktemp("dumps") / "of-the-register"


@pytest.fixture
def dump(register, root, made_once):
    """The dump of the loaded register; it is made by the first test that asks for it."""
    if not made_once.exists():
        call_command("publish_dump", verbosity=0)
        copytree(root, made_once)
    copytree(made_once, root, dirs_exist_ok=True)
    (row,) = dumps.listed()
    return row


def page(client, address="/du-lieu/"):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


# -- the page


@pytest.mark.parametrize("language", ["", "/en"])
def test_the_page_says_what_there_is_and_leads_to_it(client, dump, language):
    text = page(client, f"{language}/du-lieu/")
    for name in dictionary.tables():
        assert f'id="{name}"' in text
        for wanted in ("csv", "ndjson", "xlsx"):
            assert f'href="/api/v1/{name}/?format={wanted}"' in text
            assert client.get(f"/api/v1/{name}/?format={wanted}").status_code == 200
        assert client.get(f"/api/v1/{name}/").status_code == 200
    for file in dump.files.values():
        assert f'href="/du-lieu/{dump.day}/{file.name}"' in text
        assert file.sha256 in text
    assert "http://testserver/api/v1/changes/?after=0" in text
    assert "CC BY 4.0" in text


def test_rows_and_days_are_those_of_the_editions(register):
    request = published(make_request())
    found = {one.name: one for one in datasets()}
    assert found["requests"].rows == 12
    assert found["requests"].changed_at == Edition.objects.get(code=request.code).published_at
    assert (found["updates"].rows, found["updates"].changed_at) == (0, None)
    at = withdraw(request, by=publisher())
    found = {one.name: one for one in datasets()}
    assert (found["requests"].rows, found["requests"].changed_at) == (11, at)
    assert found["commitments"].changed_at < at


def test_the_page_asks_as_much_for_one_record_as_for_thirty(client, db, django_assert_num_queries):
    first = published(make_request())
    call_command("publish_dump", verbosity=0)
    with django_assert_num_queries(13):
        page(client)
    published_together(many(make_request, 29, meeting=first.meeting))
    with django_assert_num_queries(13):
        page(client)


def test_without_a_dump_the_page_says_so(client, db):
    assert "No dump has been made yet" in page(client, "/en/du-lieu/")


@pytest.mark.parametrize(
    ("given", "said"),
    [("120/min", "120 a minute"), ("9/hour", "9 an hour"), (None, "")],
)
def test_limits_are_told_as_they_are_set(settings, given, said):
    settings.API_RATES = {"answers": given, "files": None}
    with override("en"):
        assert open_data.rate("answers") == said


def test_the_page_is_a_dataset_for_search_engines(client, dump):
    (about,) = linked(client, "/du-lieu/")
    assert (about["@type"], about["url"]) == ("Dataset", "http://testserver/du-lieu/")
    addresses = {one["contentUrl"] for one in about["distribution"]}
    assert "http://testserver/api/v1/requests/?format=csv" in addresses
    assert f"http://testserver/du-lieu/{dump.day}/sat-canh.sqlite" in addresses


def test_the_footer_leads_here(client, db):
    assert 'href="/du-lieu/"' in page(client, "/")
    assert 'href="/en/du-lieu/"' in page(client, "/en/")


# -- files of a dump


@pytest.mark.parametrize("name", ["requests.csv", "sat-canh.sqlite", "manifest.json", "SHA256SUMS"])
def test_a_file_is_served_as_it_is(client, dump, name):
    response = client.get(f"/du-lieu/{dump.day}/{name}")
    data = b"".join(response)
    assert response.status_code == 200
    assert data == (dump.folder / name).read_bytes()
    assert response["ETag"] == f'"{hashlib.sha256(data).hexdigest()}"'
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Length"] == str(len(data))
    assert response["Cache-Control"] == "public, max-age=60"
    assert response["Last-Modified"] == http_date((dump.folder / name).stat().st_mtime)
    for held in (
        {"if-none-match": response["ETag"]},
        {"if-modified-since": response["Last-Modified"]},
    ):
        again = client.get(f"/du-lieu/{dump.day}/{name}", headers=held)
        assert (again.status_code, again.content) == (304, b"")
        assert again["Last-Modified"] == response["Last-Modified"]
    newer = {"if-modified-since": "Mon, 01 Jan 2024 00:00:00 GMT"}
    assert client.get(f"/du-lieu/{dump.day}/{name}", headers=newer).status_code == 200


def test_what_was_saved_can_be_checked_by_its_sums(client, dump, tmp_path):
    """As a browser or `curl -OJ` saves it: under the name that the answer gives."""
    saved = tmp_path / "saved"
    saved.mkdir()
    for name in dump.files:
        response = client.get(f"/du-lieu/{dump.day}/{name}")
        under = re.search('filename="(.+)"', response["Content-Disposition"])[1]
        (saved / under).write_bytes(b"".join(response))
    lines = (saved / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(dump.files) - 1
    for line in lines:
        sha256, name = line.split("  ")
        assert hashlib.sha256((saved / name).read_bytes()).hexdigest() == sha256


def test_a_reference_list_is_the_same_file_from_the_api_and_in_a_dump(client, dump):
    for name, table in dictionary.tables().items():
        for wanted in () if table.kind else ("csv", "ndjson"):
            response = client.get(f"/api/v1/{name}/?format={wanted}")
            assert response.content == (dump.folder / f"{name}.{wanted}").read_bytes()


def test_other_sites_may_load_it(client, dump):
    for address in (f"/du-lieu/{dump.day}/requests.ndjson", "/du-lieu/catalog.jsonld"):
        response = client.get(address, headers={"origin": "https://toa-soan.example"})
        assert response["Access-Control-Allow-Origin"] == "*"
        assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "Set-Cookie" not in response


@pytest.mark.parametrize(
    "address",
    [
        "/du-lieu/{day}/settings.py",
        "/du-lieu/{day}/..%2f..%2fsecret.txt",
        "/du-lieu/{day}/../../secret.txt",
        "/du-lieu/..%2f/secret.txt",
        "/du-lieu/../secret.txt",
        "/du-lieu/{day}/%2fetc%2fpasswd",
        "/du-lieu/{day}/requests.csv%00",
        "/du-lieu/{day}/",
        "/du-lieu/{day}",
        "/du-lieu/2020-01-01/manifest.json",
        "/du-lieu/.lock/x",
        "/du-lieu/{day}/secret.txt",
    ],
)
def test_there_is_no_way_to_another_file(client, dump, root, address):
    for folder in (root, root.parent, dump.folder):
        (folder / "secret.txt").write_text("SECRET")
    response = client.get(address.format(day=dump.day))
    assert response.status_code in (400, 404)
    assert b"SECRET" not in b"".join(response)


def test_a_withdrawn_text_is_served_by_no_dump(client, register):
    request = published(make_request(title="Bí mật"))
    call_command("publish_dump", verbosity=0)
    (dump,) = dumps.listed()
    address = f"/du-lieu/{dump.day}/requests.csv"
    assert "Bí mật" in b"".join(client.get(address)).decode()
    withdraw(request, by=publisher())
    assert client.get(address).status_code == 404
    for index in ("/du-lieu/", "/en/du-lieu/"):
        assert f"/du-lieu/{dump.day}/" not in page(client, index)
    catalog = client.get("/du-lieu/catalog.jsonld").content.decode()
    assert f"/du-lieu/{dump.day}/" not in catalog


def test_files_have_a_limit(client, dump, settings):
    settings.API_RATES = {"answers": "1/min", "files": None}
    caches["limits"].clear()
    assert client.get(f"/du-lieu/{dump.day}/SHA256SUMS").status_code == 200
    response = client.get(f"/du-lieu/{dump.day}/SHA256SUMS")
    assert (response.status_code, int(response["Retry-After"]) > 0) == (429, True)
    caches["limits"].clear()


# -- the dictionary


@pytest.mark.parametrize("name", dictionary.TABLE_TITLES)
def test_every_column_is_explained(name):
    with override("en"):
        entries = dictionary.tables()[name].entries
        assert [one.name for one in entries if not one.meaning] == []


def test_every_kind_and_every_column_of_it_is_there():
    assert set(dictionary.KIND_OF.values()) == set(Kind)
    for name, kind in dictionary.KIND_OF.items():
        assert [one.name for one in dictionary.tables()[name].entries] == [
            one.name for one in columns_of_kinds(kind)
        ]


def test_nothing_is_explained_that_is_not_there():
    there = {
        key
        for table in dictionary.tables().values()
        for one in table.entries
        for key in (one.name, f"{table.name}:{one.name}")
    }
    assert set(dictionary.MEANINGS) | set(dictionary.CHOICES_NAMES) <= there


@pytest.mark.parametrize("name", dictionary.TABLE_TITLES)
def test_sqlite_names_are_one_each(name):
    names = [one.sqlite_name for one in dictionary.tables()[name].entries]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch("[a-z][a-z0-9_]*", one) for one in names)


def test_values_are_those_that_bodies_hold(client, register):
    """Each code in the register's records is among those that the dictionary names."""
    seen = set()
    for table in dictionary.tables().values():
        asked = {"page_size": 200} if table.kind else {}
        rows = client.get(f"/api/v1/{table.name}/", asked).json()["results"]
        for one in table.entries:
            known = {str(code) for code, _word in one.values}
            found = {str(one.column.of(row)) for row in rows} - {"", "None"}
            if known:
                assert found <= known, (table.name, one.name)
                seen.add(f"{table.name}.{one.name}")
            else:
                assert not isinstance(one.column.field, ChoiceField), (table.name, one.name)
    assert {"updates.voice", "sources.rank", "provinces.kind", "meetings.format"} <= seen


def test_the_page_of_the_dictionary_has_it_all(client, db):
    text = page(client, "/en/du-lieu/tu-dien/")
    assert text.count('<th scope="row"><code>') == len(list(dictionary.rows()))
    assert "<code>past_unknown</code> Past its day, no information" in text


def test_the_dictionary_speaks_both_languages():
    (row,) = [one for one in dictionary.rows() if one[:2] == ["requests", "status"]]
    found = dict(zip(dictionary.DICTIONARY_HEADING, row, strict=True))
    assert "unknown: Chưa có thông tin" in found["values_vi"]
    assert "unknown: No information yet" in found["values_en"]
    assert "| `meeting.slug` |" in "".join(dictionary.markdown())


# -- the catalogue: DCAT 3, as far as catalogues read it

ADDRESS = re.compile(r"https?://\S+")
PROPERTIES = {  # of a class: what it must have, of what kind
    "dcat:Catalog": {
        "dct:title": "text",
        "dct:description": "text",
        "dct:publisher": "foaf:Agent",
        "dct:license": "address",
        "dct:language": "addresses",
        "dct:modified": "xsd:dateTime",
        "foaf:homepage": "address",
        "dcat:dataset": "dcat:Dataset",
        "dcat:service": "dcat:DataService",
    },
    "dcat:Dataset": {
        "dct:identifier": "word",
        "dct:title": "text",
        "dct:description": "text",
        "dct:publisher": "address",
        "dct:license": "address",
        "dct:language": "addresses",
        "dct:accrualPeriodicity": "address",
        "dcat:landingPage": "address",
        "dcat:distribution": "dcat:Distribution",
    },
    "dcat:Distribution": {
        "dct:title": "word",
        "dcat:accessURL": "address",
        "dcat:mediaType": "address",
        "dct:license": "address",
    },
    "dcat:DataService": {
        "dct:title": "text",
        "dcat:endpointURL": "address",
        "dcat:endpointDescription": "address",
    },
    "foaf:Agent": {"foaf:name": "word", "foaf:homepage": "address"},
}
TYPED = {"xsd:dateTime": datetime.fromisoformat}


def check(node, kind, prefixes, seen):
    assert node["@type"] == kind
    assert ADDRESS.fullmatch(node["@id"])
    assert node["@id"] not in seen, "named twice"
    seen[node["@id"]] = kind
    for name in node:
        assert name.startswith("@") or name.partition(":")[0] in prefixes, name
    for name, wanted in PROPERTIES[kind].items():
        value = node[name]
        if wanted == "word":
            assert isinstance(value, str)
            assert value
        elif wanted == "text":
            assert {one["@language"] for one in value} == {"vi", "en"}
            assert all(one["@value"] for one in value)
        elif wanted in ("address", "addresses"):
            for one in value if wanted == "addresses" else [value]:
                assert list(one) == ["@id"]
                assert ADDRESS.fullmatch(one["@id"])
        elif wanted in TYPED:
            assert value["@type"] == wanted
            assert TYPED[wanted](value["@value"])
        else:
            for one in value if isinstance(value, list) else [value]:
                check(one, wanted, prefixes, seen)


def test_the_catalogue_has_the_shape_of_dcat(client, dump):
    response = client.get("/du-lieu/catalog.jsonld")
    assert response["Content-Type"] == "application/ld+json"
    catalog = json.loads(response.content)
    prefixes = catalog["@context"]
    assert prefixes["dcat"] == "http://www.w3.org/ns/dcat#"
    seen = {}
    check(catalog, "dcat:Catalog", prefixes, seen)
    kinds = list(seen.values())
    assert kinds.count("dcat:Dataset") == len(dictionary.TABLE_TITLES) + 1
    again = client.get("/du-lieu/catalog.jsonld", headers={"if-none-match": response["ETag"]})
    assert again.status_code == 304
    english = json.loads(client.get("/en/du-lieu/catalog.jsonld").content)
    assert english == catalog


def test_the_catalogue_tells_when_it_changed(client, dump, root):
    address = "/du-lieu/catalog.jsonld"
    published_at = Edition.objects.last_act()["published_at"]
    os.utime(root, (0, 0))
    seen = client.get(address)["Last-Modified"]
    assert seen == http_date(published_at.timestamp())
    held = {"if-modified-since": seen}
    response = client.get(address, headers=held)
    assert (response.status_code, response["Last-Modified"]) == (304, seen)
    later = published_at.timestamp() + 5
    os.utime(root, (later, later))
    assert client.get(address, headers=held).status_code == 200


@pytest.mark.parametrize("comes", [True, False], ids=["a dump comes", "a dump goes"])
def test_dumps_that_come_or_go_change_the_catalogue(dump, root, comes):
    if comes:
        dumps.remove_folder(dump.folder)
    os.utime(root, (0, 0))
    assert dumps.changed_at() == 0
    if comes:
        call_command("publish_dump", verbosity=0)
    else:
        dumps.remove_folder(dump.folder)
    assert dumps.changed_at() > 0


def test_every_distribution_can_be_fetched(client, dump):
    catalog = client.get("/du-lieu/catalog.jsonld").json()
    found = [one for dataset in catalog["dcat:dataset"] for one in dataset["dcat:distribution"]]
    for one in found:
        address = one["dcat:accessURL"]["@id"].removeprefix("http://testserver")
        response = client.get(address)
        assert response.status_code == 200, address
        media_type = one["dcat:mediaType"]["@id"].removeprefix(dcat.IANA)
        assert response["Content-Type"].split(";")[0] == media_type
        if "spdx:checksum" in one:
            data = b"".join(response)
            digest = one["spdx:checksum"]["spdx:checksumValue"]["@value"]
            assert hashlib.sha256(data).hexdigest() == digest
            assert one["dcat:byteSize"]["@value"] == str(len(data))
    assert len(found) == 13 * 4 + len(dump.files)


def test_an_empty_register_has_a_catalogue_too(client, db):
    catalog = client.get("/du-lieu/catalog.jsonld").json()
    assert "dct:modified" not in catalog
    assert len(catalog["dcat:dataset"]) == len(dictionary.TABLE_TITLES)


# -- the client of docs/api.md


def test_the_page_shows_the_client_of_the_docs(client, db):
    lines = client_of_the_docs()
    assert open_data.client() == lines
    assert len(lines.splitlines()) == 20
    assert "copy[&quot;after&quot;], path = page" in page(client)


def test_a_copy_begun_from_a_dump_goes_on_from_its_mark(client, dump):
    """As the docs say: the lines of a dump, then the changes after the manifest's sequence."""
    records = {}
    for name in dictionary.KIND_OF:
        for line in (dump.folder / f"{name}.ndjson").read_text(encoding="utf-8").splitlines():
            body = json.loads(line)
            records[body["kind"], body["code"]] = body
    published(make_request(title="Mới"))
    after = client.get("/api/v1/changes/", {"after": dump.manifest["sequence"]}).json()["results"]
    assert {row["state"] for row in after} == {"current"}
    records |= {(row["kind"], row["code"]): row["record"] for row in after}
    listed = whole(client)
    assert {key: records[key] for key in listed} == listed
    assert dump.day == str(timezone.localdate())
