"""The whole register as files: complete, from one moment, and gone when something is withdrawn."""

import csv
import hashlib
import json
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from engagements.edition.cells import neutral
from engagements.edition.models import Edition
from engagements.open_data import dictionary, dump_writer, dumps
from engagements.publication.publishing import publish, withdraw
from tests.factories import (
    edited,
    make_commitment,
    make_figure,
    make_request,
    make_update,
    published,
    publisher,
)
from tests.formulas import EITHER
from tests.test_visibility import MARK, add_what_is_not_public

pytestmark = pytest.mark.django_db
SAYS_THE_HASH = ("manifest.json", "SHA256SUMS")


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    settings.DUMPS_ROOT = tmp_path / "dumps"
    return settings.DUMPS_ROOT


@pytest.fixture
def on(monkeypatch):
    """Puts the calendar of the dumps on a day."""

    def put(day):
        clock = SimpleNamespace(localdate=lambda: date.fromisoformat(day))
        monkeypatch.setattr(dump_writer, "timezone", clock)

    return put


def write(**options):
    said = StringIO()
    call_command("publish_dump", stdout=said, **options)
    return said.getvalue()


def the_dump():
    (one,) = dumps.listed()
    return one


def lines(dump, name):
    text = (dump.folder / f"{name}.ndjson").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def listed_by_the_api(client, name):
    asked = {"page_size": 200} if name in dictionary.KIND_OF else {}
    return client.get(f"/api/v1/{name}/", asked).json()["results"]


def by_key(rows, key):
    return sorted(rows, key=lambda row: row[key])


# -- what is in it


def test_each_file_holds_what_the_api_shows(client, register):
    write()
    dump = the_dump()
    for name in dictionary.TABLE_TITLES:
        table = dictionary.tables()[name]
        shown = by_key(listed_by_the_api(client, name), table.key)
        assert by_key(lines(dump, name), table.key) == shown, name
        text = (dump.folder / f"{name}.csv").read_text(encoding="utf-8")
        heading, *rows = csv.reader(StringIO(text, newline=""))
        assert heading == [one.name for one in table.columns], name
        place = heading.index(table.key)
        keys = sorted(row[table.key] for row in shown)
        assert sorted(row[place] for row in rows) == keys, name
        with closing(sqlite3.connect(dump.database.path)) as book:
            found = book.execute(f"SELECT record FROM {name} ORDER BY {table.key}").fetchall()
        assert by_key([json.loads(body) for (body,) in found], table.key) == shown, name


def test_the_sqlite_file_answers_questions(register):
    published(make_update(request=published(make_request(title="=1+1")), status="done"))
    figure = published(make_figure(value="8.5600", is_target=True))
    write()
    with closing(sqlite3.connect(the_dump().database.path)) as book:
        (number,) = book.execute(
            "SELECT count(*) FROM requests WHERE province_slug = 'ninh-binh-2025'"
        ).fetchone()
        assert number > 1
        assert book.execute("SELECT title FROM requests WHERE status = 'done'").fetchall() == [
            ("=1+1",)
        ]
        query = "SELECT value, is_target, evidence_is_inferred FROM figures WHERE code = ?"
        assert book.execute(query, [figure.code]).fetchone() == (8.56, 1, 0)
        query = (
            "SELECT meaning_en FROM columns WHERE \"table\" = 'requests' AND \"column\" = 'code'"
        )
        assert "never given again" in book.execute(query).fetchone()[0]
        assert book.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_no_cell_of_a_csv_is_a_formula(monkeypatch):
    meeting = published(make_request()).meeting
    known = {published(make_request(meeting=meeting, detail=text)).code: text for text in EITHER}
    monkeypatch.setattr(dictionary, "rows", lambda: [[text] * 10 for text in EITHER])
    write()
    with (the_dump().folder / "requests.csv").open(encoding="utf-8", newline="") as file:
        details = {row["code"]: row["detail"] for row in csv.DictReader(file)}
    assert {code: details[code] for code in known} == {
        code: neutral(text) for code, text in known.items()
    }
    with (the_dump().folder / "dictionary.csv").open(encoding="utf-8", newline="") as file:
        assert [*csv.reader(file)][1:] == [[neutral(text)] * 10 for text in EITHER]


def test_the_manifest_and_the_sums_name_every_file(register):
    write()
    dump = the_dump()
    there = {path.name: path.read_bytes() for path in dump.folder.iterdir()}
    sums = dict(line.split("  ")[::-1] for line in there["SHA256SUMS"].decode().splitlines())
    assert set(sums) == set(there) - {"SHA256SUMS"}
    assert sums == {name: hashlib.sha256(there[name]).hexdigest() for name in sums}
    manifest = json.loads(there["manifest.json"])
    assert {one["name"] for one in manifest["files"]} == set(sums) - {"manifest.json"}
    for one in manifest["files"]:
        assert (one["bytes"], one["sha256"]) == (len(there[one["name"]]), sums[one["name"]])
    newest = Edition.objects.last_act()
    assert manifest["sequence"] == newest["sequence"] == dump.sequence
    assert manifest["rows"]["requests"] == 11
    assert json.loads(there["schema.json"])["openapi"].startswith("3.1")
    for name in ("README.txt", "LICENSE.txt"):
        assert "Sát Cánh" in there[name].decode()
    assert "creativecommons.org/licenses/by/4.0/" in there["LICENSE.txt"].decode()


def test_nothing_unpublished_is_in_any_file(register, root):
    write()
    before = {path.name: path.read_bytes() for path in the_dump().folder.iterdir()}
    add_what_is_not_public()
    dumps.remove_all(root)
    write()
    after = {path.name: path.read_bytes() for path in the_dump().folder.iterdir()}
    book = "sat-canh.sqlite"
    assert {name for name in before if before[name] != after[name]} <= {book, *SAYS_THE_HASH}
    assert not [name for name, data in after.items() if MARK.encode() in data]
    published(make_request(title=MARK))
    write()
    found = {
        path.name for path in the_dump().folder.iterdir() if MARK.encode() in path.read_bytes()
    }
    assert {"requests.csv", "requests.ndjson", book} <= found


def test_the_same_number_of_questions_for_one_record_and_for_thirty(
    db, django_assert_num_queries, monkeypatch, root
):
    monkeypatch.setattr(dump_writer, "ROWS_AT_ONCE", 1_000_000)
    first = published(make_request())
    with django_assert_num_queries(14):
        write(verbosity=0)
    dumps.remove_all(root)
    for _number in range(29):
        published(make_request(meeting=first.meeting))
    with django_assert_num_queries(14):
        write(verbosity=0)


# -- one moment


@pytest.mark.both_databases
def test_a_publication_between_two_files_is_in_none(register, monkeypatch):
    """A session's items are one truth: an answer that is not in its file is in no other either."""
    request = published(make_request(title="Một"))
    mark = Edition.objects.last_act()["sequence"]
    lines_of_list = dump_writer.DumpWriter.write_list
    others = []

    def publish_meanwhile(self, name, rows):
        lines_of_list(self, name, rows)
        if not others:
            publish(edited(request, title="Một, sửa"), by=publisher())
            others.append(published(make_commitment(meeting=request.meeting, answers=[request])))

    monkeypatch.setattr(dump_writer.DumpWriter, "write_list", publish_meanwhile)
    write()
    dump = the_dump()
    assert dump.sequence == mark
    (found,) = [row for row in lines(dump, "requests") if row["code"] == request.code]
    assert (found["title"], found["answer"], found["answered_by"]) == ("Một", "unanswered", [])
    assert others[0].code not in {row["code"] for row in lines(dump, "commitments")}


@pytest.mark.both_databases
def test_the_walk_knows_each_row_at_its_mark(register, client):
    """What public_at() gives for a mark is what the public read then, however windows fall."""
    request = published(make_request(title="Một"))
    seen = {}
    for title in ("Hai", "Ba"):
        last = Edition.objects.last_act()["sequence"]
        seen[last] = set(Edition.objects.public().values_list("sequence", flat=True))
        publish(edited(request, title=title), by=publisher())
    for mark, rows in seen.items():
        assert set(Edition.objects.public_at(mark).values_list("sequence", flat=True)) == rows


@pytest.mark.both_databases
@pytest.mark.parametrize("rows", [1, 7, 1000])
def test_windows_of_any_size_find_every_row(register, monkeypatch, rows):
    monkeypatch.setattr(dump_writer, "ROWS_AT_ONCE", rows)
    write()
    counted = the_dump().manifest["rows"]
    for name, kind in dictionary.KIND_OF.items():
        assert counted[name] == Edition.objects.public().filter(kind=kind).count()


@pytest.mark.both_databases
def test_what_is_withdrawn_while_it_is_written_is_in_none(register, monkeypatch):
    request = published(make_request(title="Bí mật"))
    book, times = dump_writer.DumpWriter.write_database, []

    def withdraw_meanwhile(self):
        book(self)
        if not times:
            withdraw(request, by=publisher())
        times.append(self.mark)

    monkeypatch.setattr(dump_writer.DumpWriter, "write_database", withdraw_meanwhile)
    said = write()
    assert "all over again" in said
    assert len(times) == 2
    assert "Bí mật" not in (the_dump().folder / "requests.csv").read_text(encoding="utf-8")


# -- day by day


def test_the_same_day_makes_it_anew_only_for_news(register, root):
    assert "34 files" in write()
    made = (root / str(timezone.localdate())).stat().st_ino
    assert "Nothing was published since" in write()
    assert (root / str(timezone.localdate())).stat().st_ino == made
    published(make_request())
    assert "up to edition" in write()
    assert the_dump().manifest["rows"]["requests"] == 12


def test_the_newest_stay(register, on, root):
    for day in ("2026-01-01", "2026-01-02", "2026-01-03"):
        on(day)
        write(keep=2)
    assert [one.day for one in dumps.listed()] == ["2026-01-03", "2026-01-02"]
    assert not (root / "2026-01-01").exists()


def test_a_withdrawal_takes_older_dumps_off_the_list_and_then_off_the_disk(register, on, root):
    request = published(make_request(title="Bí mật"))
    on("2026-01-01")
    write()
    withdraw(request, by=publisher())
    assert dumps.listed() == []
    assert (root / "2026-01-01").exists()
    on("2026-01-02")
    assert "2026-01-01: removed" in write()
    assert [one.day for one in dumps.listed()] == ["2026-01-02"]
    assert not (root / "2026-01-01").exists()


def test_what_follows_a_withdrawal_may_stay(register, on):
    request = published(make_request())
    withdraw(request, by=publisher())
    on("2026-01-01")
    write()
    published(make_request())
    assert [one.day for one in dumps.listed()] == ["2026-01-01"]


def test_a_dump_of_another_register_is_not_listed(register, root):
    write()
    path = root / str(timezone.localdate()) / "manifest.json"
    said = json.loads(path.read_text(encoding="utf-8"))
    said["published_at"] = datetime(2020, 1, 1, tzinfo=UTC).isoformat()
    path.write_text(json.dumps(said), encoding="utf-8")
    assert dumps.listed() == []


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda folder: (folder / "requests.csv").unlink(), id="file-missing"),
        pytest.param(lambda folder: (folder / "requests.csv").write_text("x"), id="file-short"),
        pytest.param(lambda folder: (folder / "manifest.json").write_text("{"), id="no-json"),
        pytest.param(lambda folder: (folder / "manifest.json").write_text("[]"), id="no-manifest"),
        pytest.param(
            lambda folder: (folder / "manifest.json").write_text(
                '{"sequence":1,"published_at":"","files":[{"name":"../x","bytes":0,"sha256":""}]}'
            ),
            id="leads-out",
        ),
    ],
)
def test_a_damaged_dump_is_not_listed_and_made_anew(register, root, damage):
    write()
    damage(root / str(timezone.localdate()))
    assert dumps.listed() == []
    assert "removed" in write()
    assert len(the_dump().files) == 34


def test_a_stopped_run_leaves_nothing_half(register, root, monkeypatch):
    class Stopped(BaseException):
        pass

    def stop(self):
        raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(dump_writer.DumpWriter, "write_manifest", stop)
        with pytest.raises(Stopped):
            write()
    assert [path.name for path in root.iterdir()] == [".lock"]
    left = root / f"{dumps.NEW}killed"
    left.mkdir()
    (left / "requests.csv").write_text("half")
    write()
    assert not left.exists()
    assert the_dump()


def test_a_full_disk_is_told_and_leaves_the_dump_of_before(register, on, monkeypatch):
    on("2026-01-01")
    write()
    published(make_request())

    def full(self):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(dump_writer.DumpWriter, "write_database", full)
    with pytest.raises(CommandError, match="No space left"):
        write()
    assert [one.day for one in dumps.listed()] == ["2026-01-01"]


def test_two_runs_do_not_meet(register, root):
    with dumps.locked(root), pytest.raises(CommandError, match="Another run"):
        write()


def test_what_else_is_in_the_folder_stays(register, tmp_path):
    other = tmp_path / "elsewhere"
    (other / "2020-01-01").mkdir(parents=True)
    (other / ".config-x").mkdir()
    write(to=other, keep=1)
    write(to=other, keep=1)
    assert (other / "2020-01-01").exists()
    assert (other / ".config-x").exists()
    assert dumps.listed() == []


@pytest.mark.parametrize("keep", ["0", "-1", "x"])
def test_at_least_one_stays(keep):
    with pytest.raises(CommandError):
        call_command("publish_dump", f"--keep={keep}")


def test_an_empty_register_has_no_dump(db):
    assert "Nothing has been published yet" in write()
    assert dumps.listed() == []


def test_erasing_a_person_removes_every_dump(register, staff, root):
    write()
    said = StringIO()
    call_command(
        "erase_person", "nguyen-manh-hung", reason="theo đơn", username=staff.username, yes=True,
        stdout=said,
    )  # fmt: skip
    assert "Dumps removed" in said.getvalue()
    assert [path.name for path in root.iterdir()] == [".lock"]
