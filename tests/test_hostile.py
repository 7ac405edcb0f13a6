"""Any value at any parameter, on every list: an answer with words, never a 500."""

from itertools import cycle, islice

import pytest

pytestmark = pytest.mark.django_db

VALUES = [
    "-1",
    "2147483648",
    "9223372036854775808",
    "1e400",
    "9" * 400,
    "１２",
    "²",
    "0001-01-01",
    "9999-12-31T23:59:59+99:99",
    "30/02/2024",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "%",
    "_" * 150,
    "(a+)+$",
    "a " * 90,
    "\u0300" * 150,
    "ｈｕế",
    "Huế",
    "🏛" * 100,
    "\u202egnp.exe",
    "null",
    "[]",
    "{}",
]
PARAMETERS = ["q", "province", "lineage", "status", "deadline", "topic", "meeting", "official"]
PARAMETERS += ["lead", "ministry", "strength", "answer", "type", "kind", "from", "to", "year"]
PARAMETERS += ["page", "page_size", "cursor", "format", "ordering", "id__in", "do", "trang"]
LISTS = ["/", "/tinh/", "/tinh/ninh-binh/", "/kien-nghi/", "/buoi-lam-viec/", "/nguon/"]
LISTS += [f"/api/v1/{name}/" for name in ("followups", "meetings", "figures", "provinces")]


@pytest.mark.parametrize("path", LISTS)
def test_every_parameter_takes_any_value(client, register, walk, path):
    """A value a parameter, another at each list and parameter, so that all meet all kinds.

    A full walk sends every value to every parameter.
    """
    values = cycle(VALUES)
    for _place in range(len(path)):
        next(values)
    for name in PARAMETERS:
        for value in islice(values, len(VALUES) if walk else 1):
            response = client.get(path, {name: value})
            assert response.status_code in (200, 301, 302, 400, 404, 406), (path, name, value)
            if response["Content-Type"].startswith("text/html"):
                assert "<script>alert" not in response.content.decode()


@pytest.mark.both_databases
@pytest.mark.parametrize("value", [*VALUES, "%00", "a" * 5000])
def test_every_path_takes_every_value(client, register, value):
    for pattern in ("/tinh/{}/", "/kien-nghi/{}/", "/buoi-lam-viec/{}/", "/nguon/{}/"):
        for prefix in ("", "/en"):
            assert client.get(prefix + pattern.format(value)).status_code in (301, 302, 400, 404)
    for kind in ("provinces", "requests", "meetings", "officials", "nothing"):
        assert client.get(f"/api/v1/{kind}/{value}/").status_code in (301, 400, 404)


def test_what_only_reads_refuses_to_write(client, register):
    for path in LISTS:
        for method in ("post", "put", "patch", "delete"):
            assert getattr(client, method)(path).status_code in (403, 405), (path, method)
