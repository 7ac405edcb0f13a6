"""The files that a list offers its readers."""

from io import BytesIO

import pytest
from django.core.cache import caches
from openpyxl import load_workbook

LISTS = ["kien-nghi", "cam-ket", "khuyen-nghi", "buoi-lam-viec", "nguon"]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("language", ["", "/en"])
def test_a_list_leads_to_its_files(client, register, path, language):
    page = client.get(f"{language}/{path}/?q=so&utm_source=zalo").content.decode()
    for wanted in ("csv", "xlsx"):
        address = f"{language}/{path}/du-lieu.{wanted}?q=so"
        assert f'href="{address}"' in page
        assert client.get(address).status_code == 200
    assert '?q=so" rel="nofollow">JSON</a>' in page


def test_the_csv_opens_in_excel_with_its_accents(client, register):
    response = client.get("/kien-nghi/du-lieu.csv?province=hue")
    data = b"".join(response)
    assert data.startswith(b"\xef\xbb\xbfcode,")
    assert "cận nghèo" in data.decode("utf-8-sig")
    assert 'filename="sat-canh-kien-nghi-' in response["Content-Disposition"]


def test_the_workbook_has_the_rows_of_the_list(client, register):
    data = b"".join(client.get("/kien-nghi/du-lieu.xlsx?answer=unanswered"))
    _heading, *rows = load_workbook(BytesIO(data)).active.values
    listed = client.get("/api/v1/requests/?answer=unanswered").json()["results"]
    assert [row[0] for row in rows] == [one["code"] for one in listed]


def test_a_wrong_filter_gives_no_file(client, register):
    response = client.get("/kien-nghi/du-lieu.csv?statu=done")
    assert response.status_code == 400
    assert "statu" in response.content.decode()


def test_files_have_a_limit(client, register, settings):
    settings.API_RATES = {"answers": None, "files": "1/min"}
    caches["limits"].clear()
    assert client.get("/nguon/du-lieu.csv").status_code == 200
    response = client.get("/nguon/du-lieu.csv")
    assert (response.status_code, int(response["Retry-After"]) > 0) == (429, True)
    caches["limits"].clear()
