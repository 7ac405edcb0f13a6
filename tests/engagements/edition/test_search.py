"""Search: what is found, in which order, how it is marked, what helps when nothing is."""

import unicodedata
from html import unescape
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from engagements.edition.models import Edition
from engagements.edition.search import (
    ABBREVIATIONS,
    Names,
    Query,
    accented,
    marked,
    snippet,
    words_in,
    words_of,
)
from provinces.models import Atlas, Organization, Province
from provinces.vietnamese import fold
from tests.factories import (
    edited,
    make_commitment,
    make_meeting,
    make_merger,
    make_official,
    make_organization,
    make_province,
    make_remark,
    make_request,
    make_topic,
    make_update,
    published,
    published_together,
)

pytestmark = pytest.mark.both_databases


def nfd(text):
    return unicodedata.normalize("NFD", text)


def found(client, q, **more):
    """Codes found, in order."""
    response = client.get("/tim-kiem/", {"q": q} | more)
    assert response.status_code == 200
    return [hit["edition"].code for hit in response.context.get("hits", [])]


def query(text, **names):
    """A query beside given other names: no database."""
    index = SimpleNamespace(others=names.get("others", {}), topics=names.get("topics", {}))
    return Query(text, index)


def html(text, asked, strictly=False, **names):
    return marked(text, query(asked, **names).spans(text, strictly))


# -- words and their places

TEXTS = [
    "Thừa Thiên - Huế",
    nfd("Thừa Thiên - Huế, đường Đống Đa"),
    "ĐẮK LẮK và Đà Nẵng",
    "Bộ TT&TT; KH&CN, UBND_tỉnh",
    "Straße İstanbul ﬁ Kelvin \u212a",
    "  số\u0301 lạ\u0323\u0302  ",
    "\u0301đầu dòng",
    "5G, 2024-02-29, 1.234,5%",
    "<b>Hòa & Bình</b>",
    "한국 tiếng Việt 日本",
    "so\u00adft Hu\u200bế Ninh\u200bBình \ufeffÐắk \uf0b7 Lắk",
    "",
    "…—“”",
]


@pytest.mark.parametrize("text", TEXTS)
def test_words_are_those_of_fold_each_in_its_place(text):
    words = words_in(text)
    assert [word.folded for word in words] == fold(text).split()
    for word in words:
        assert fold(text[word.start : word.end]) == word.folded
    places = [place for word in words for place in (word.start, word.end)]
    assert places == sorted(places)


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKD"])
def test_marks_stay_with_their_letter(form):
    text = unicodedata.normalize(form, "xã Đường Lâm")
    word = words_in(text)[1]
    assert unicodedata.normalize("NFC", text[word.start : word.end]) == "Đường"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("hoà", "hòa", True),
        ("Uỷ", "ỦY", True),
        ("thuý", nfd("thúy"), True),
        ("số", "sở", False),
        ("số", "so", False),
        ("đa", "da", False),
        ("ma", "mà", False),
        ("huế", nfd("Huế"), True),
    ],
)
def test_the_place_of_the_tone_does_not_part_words(one, other, same):
    assert (accented(one) == accented(other)) is same


# -- marking


@pytest.mark.parametrize(
    ("text", "asked", "shown"),
    [
        ("Hạ tầng số", "ha tang", "<mark>Hạ tầng</mark> số"),
        ("Hạ tầng, rồi số", "hạ số", "<mark>Hạ</mark> tầng, rồi <mark>số</mark>"),
        ("ở Đắk Lắk", "dak lak", "ở <mark>Đắk Lắk</mark>"),
        ("Thừa Thiên - Huế", "thien hue", "Thừa <mark>Thiên - Huế</mark>"),
        ("một số việc", "không", "một số việc"),
        ("số số", "so", "<mark>số số</mark>"),
        ("5 < 6 & số", "so", "5 &lt; 6 &amp; <mark>số</mark>"),
        (
            "<script>số</script>",
            "script",
            "&lt;<mark>script</mark>&gt;số&lt;/<mark>script</mark>&gt;",
        ),
        ('"số" của', "so cua", "&quot;<mark>số&quot; của</mark>"),
        ("tố số", "o", "tố số"),
        ("", "so", ""),
        ("số", "...", "số"),
    ],
)
def test_matches_are_marked_and_the_rest_escaped(text, asked, shown):
    assert html(text, asked) == shown


@pytest.mark.parametrize("text", [*TEXTS, "số & <số>"])
@pytest.mark.parametrize("asked", ["so", "hue", "đà nẵng", "b", "amp", "lt", "5g"])
def test_marking_changes_no_letter(text, asked):
    said = html(text, asked)
    assert unescape(said.replace("<mark>", "").replace("</mark>", "")) == text
    assert said.count("<mark>") == said.count("</mark>")


def test_a_decomposed_text_keeps_its_marks_inside():
    text = nfd("về số hóa")
    assert html(text, "số") == f"{nfd('về ')}<mark>{nfd('số')}</mark>{nfd(' hóa')}"


def test_where_marks_fit_only_those_are_marked():
    text = "lãnh đạo Sở nói về số"
    assert html(text, "số") == "lãnh đạo <mark>Sở</mark> nói về <mark>số</mark>"
    assert html(text, "số", strictly=True) == "lãnh đạo Sở nói về <mark>số</mark>"


def test_another_name_is_marked_too():
    others = {"ubnd": {"uy ban nhan dan"}}
    said = html("Chủ tịch Ủy ban nhân dân tỉnh", "UBND", others=others)
    assert said == "Chủ tịch <mark>Ủy ban nhân dân</mark> tỉnh"


def test_the_words_of_a_short_form_are_not_marked_apart():
    others = {"tt hue": {"thua thien hue"}}
    assert html("Bộ TT&TT ở Huế", "TT-Huế", others=others) == "Bộ TT&amp;TT ở Huế"


def test_a_snippet_is_cut_about_the_match_at_whole_words():
    text = " ".join(["đầu"] * 60 + ["cáp <quang>"] + ["cuối"] * 60)
    said = snippet([text], query("cap quang"), strictly=False)
    assert "<mark>cáp &lt;quang</mark>&gt;" in said
    assert said.startswith("… đầu ")
    assert said.endswith(" cuối …")
    assert len(said) < 320


def test_a_snippet_without_a_match_is_a_beginning():
    assert snippet(["một hai", "ba"], query("không"), strictly=False) == "một hai"
    assert snippet([], query("không"), strictly=False) == ""


# -- other names


def test_the_abbreviations_are_closed_and_spell_words_out():
    folded = [fold(short) for short in ABBREVIATIONS]
    assert len(set(folded)) == len(folded)
    assert all(len(fold(long).split()) > 1 for long in ABBREVIATIONS.values())
    assert {"UBND", "HĐND", "CNTT", "CĐS", "ĐMST", "BCVT", "KT-XH", "DN"} <= set(ABBREVIATIONS)


@pytest.mark.parametrize(
    ("asked", "also"),
    [
        ("TP.HCM", "ho chi minh"),
        ("TPHCM", "ho chi minh"),
        ("TT-Huế", "thua thien hue"),
        ("UBND", "uy ban nhan dan"),
        ("Uỷ ban nhân dân", "ubnd"),
        ("CNTT", "cong nghe thong tin"),
        ("TT&TT", "thong tin va truyen thong"),
        ("TTTT", "tt tt"),
        ("Bộ TTTT", "bo thong tin va truyen thong"),
        ("Ministry of Information and Communications", "bo tt tt"),
        ("tỉnh Ninh Bình", "ninh binh"),
    ],
)
def test_a_name_stands_for_its_others(register, asked, also):
    asked = Query(asked, Names(Atlas()))
    assert len(asked.parts) == 1
    assert also in asked.parts[0].others


def test_other_names_of_a_body_that_nobody_published_are_not_known(register):
    hidden = make_organization(name="Cục Rất Kín", aliases="bí danh")
    assert Organization.objects.filter(pk=hidden.pk).exists()
    assert Query("bí danh", Names(Atlas())).variants == ["bi danh"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        pytest.param("can ngheo", "KN-11", id="without-marks"),
        pytest.param("CẬN NGHÈO", "KN-11", id="capitals"),
        pytest.param(nfd("cận nghèo"), "KN-11", id="decomposed"),
        pytest.param("kn-5", "KN-5", id="code"),
        pytest.param("doan minh huan", "KN-5", id="speaker"),
        pytest.param("sandbox", "KN-5", id="loan-word"),
        pytest.param("nghèo hộ", "KN-11", id="words-in-another-order"),
        pytest.param("TT-Huế", "KN-11", id="short-name-of-a-past-unit"),
        pytest.param("Thông tin và Truyền thông", "KN-3", id="spelt-out"),
        pytest.param("TT&TT", "KN-3", id="abbreviated"),
        pytest.param("công nghệ thông tin", "KH-16", id="spelt-out-field"),
        pytest.param("CNTT", "KH-16", id="abbreviated-field"),
    ],
)
def test_words_find_records(register, client, asked, code):
    codes = found(client, asked)
    codes += found(client, asked, page=2) if len(codes) == 20 else []
    assert code in codes


def test_every_kind_of_record_is_found(db, client):
    unit = make_province(name="Đồi Xanh")
    meeting = make_meeting(title="Buổi về mồi câu", provinces=[unit])
    request = make_request(meeting=meeting, title="Xin mồi câu")
    commitment = make_commitment(meeting=meeting, title="Hứa mồi câu", answers=[request])
    remark = make_remark(meeting=meeting, text="Thiếu mồi câu")
    update = make_update(commitment=commitment, text="Đã giao mồi câu")
    for record in (meeting, request, commitment, remark, update):
        published(record)
    response = client.get("/tim-kiem/", {"q": "moi cau"})
    hits = {hit["edition"].kind: hit for hit in response.context["hits"]}
    assert set(hits) == {"meeting", "request", "commitment", "remark", "update"}
    commitment.refresh_from_db()
    update.refresh_from_db()
    assert hits["update"]["href"] == f"/cam-ket/{commitment.code}/#{update.code}"
    assert hits["meeting"]["href"] == f"/buoi-lam-viec/{meeting.slug}/"
    for hit in hits.values():
        assert client.get(hit["href"].partition("#")[0]).status_code == 200
    english = client.get("/en/tim-kiem/", {"q": "moi cau"})
    assert all(hit["href"].startswith("/en/") for hit in english.context["hits"])


def test_what_is_ranked_is_what_was_indexed(register):
    """The words that ranking reads are words of the column that finds."""
    names = " ".join(unit.name for unit in Province.objects.all())
    for edition in Edition.objects.public():
        title, passages = words_of(edition)
        known = set(edition.search.split()) | set(fold(names).split())
        assert set(fold(" ".join(passages)).split()) <= known, edition.code
        if edition.kind != "update":
            assert set(fold(title).split()) <= known, edition.code


# -- order


@pytest.fixture
def three(db):
    """Three requests of one day: the marks fit, another word, the words apart."""
    meeting = make_meeting()
    titles = {
        "apart": "Số đo của nhà lãnh đạo",
        "other": "Gặp lãnh đạo Sở",
        "same": "Đào tạo lãnh đạo số",
    }
    return {
        name: published(make_request(meeting=meeting, title=title)).code
        for name, title in titles.items()
    }


def test_marks_that_fit_come_first_then_the_whole_phrase(three, client):
    order = [three["same"], three["apart"], three["other"]]
    assert found(client, "lãnh đạo số") == order


def test_without_marks_the_phrase_comes_first_in_order_of_publication(three, client):
    assert found(client, "lanh dao so") == [three["other"], three["same"], three["apart"]]


def test_a_hit_in_the_title_comes_before_one_below(db, client):
    meeting = make_meeting()
    below = published(make_request(meeting=meeting, title="Việc", detail="nói về cáp quang"))
    above = published(make_request(meeting=meeting, title="Kéo cáp quang"))
    assert found(client, "cap quang") == [above.code, below.code]


def test_an_alias_of_a_topic_finds_its_records_last(db, client):
    topic = make_topic(name="Hạ tầng số", aliases="cáp quang\nvùng lõm")
    meeting = make_meeting()
    by_topic = published(make_request(meeting=meeting, title="Việc khác", topics=[topic]))
    by_word = published(make_request(meeting=meeting, title="Kéo cáp quang"))
    assert found(client, "cáp quang") == [by_word.code, by_topic.code]
    assert found(client, "vùng lõm") == [by_topic.code]


def test_a_short_form_does_not_find_its_syllables_apart(db, client):
    make_province(name="Hồ Chí Minh", aliases="TP.HCM\nTPHCM")
    meeting = make_meeting()
    published(make_request(meeting=meeting, title="Giá HCM và TP khác"))
    there = published(make_request(meeting=meeting, title="Việc ở TPHCM"))
    assert found(client, "TP.HCM") == [there.code]


def test_an_abbreviation_within_a_name_is_found_apart_from_it(db, client):
    body = make_organization(name="Ủy ban nhân dân tỉnh Đồi Xanh", aliases="UBND Đồi Xanh")
    meeting = make_meeting(provinces=[make_province(name="Đồi Xanh")])
    published(make_commitment(meeting=meeting, lead=body, title="Việc"))
    apart = published(make_request(meeting=meeting, title="Chủ tịch UBND báo cáo"))
    assert apart.code in found(client, "UBND Đồi Xanh")


# -- narrowing


def test_facets_count_and_narrow(register, client):
    response = client.get("/tim-kiem/", {"q": "chuyển đổi số"})
    facets = {facet["name"]: facet for facet in response.context["facets"]}
    assert set(facets) == {"kind", "province", "topic"}
    for facet in facets.values():
        for option in facet["options"]:
            narrowed = client.get(f"/tim-kiem/{option['href']}")
            assert narrowed.status_code == 200
            assert narrowed.context["number"] == option["number"], option["href"]


def test_a_chosen_facet_still_shows_what_else_there_is(register, client):
    whole = client.get("/tim-kiem/", {"q": "chuyển đổi số"})
    chosen = client.get("/tim-kiem/", {"q": "chuyển đổi số", "kind": "remark"})

    def kinds(response):
        facet = next(one for one in response.context["facets"] if one["name"] == "kind")
        return {option["label"]: option["number"] for option in facet["options"]}

    assert kinds(whole) == kinds(chosen)
    assert chosen.context["chips"][0]["href"] == "?q=chuy%E1%BB%83n+%C4%91%E1%BB%95i+s%E1%BB%91"
    assert {hit["edition"].kind for hit in chosen.context["hits"]} == {"remark"}


def test_a_province_brings_what_concerned_its_predecessors_sessions_too(db, client):
    old = make_province(name="Đồi Xưa", slug="doi-xua")
    unit = make_merger(make_province(name="Đồi Nay", slug="doi-nay"), old)
    meeting = published(make_meeting(title="Buổi về cáp quang", provinces=[old]))
    published(make_meeting(title="Nơi khác cũng cáp quang"))
    assert found(client, "cap quang", province=unit.slug) == [meeting.slug]


def test_pages_hold_twenty_and_keep_what_was_asked(register, client):
    response = client.get("/tim-kiem/", {"q": "tỉnh", "kind": "recommendation"})
    total = response.context["number"]
    assert len(response.context["hits"]) == min(20, total)
    first = client.get("/tim-kiem/", {"q": "số"})
    second = client.get("/tim-kiem/", {"q": "số", "page": "2"})
    codes = [hit["edition"].code for page in (first, second) for hit in page.context["hits"]]
    assert len(set(codes)) == len(codes) == min(40, first.context["number"])
    assert "page=2" in first.content.decode()


@pytest.mark.parametrize("page", ["0", "999", "x", "-1"])
def test_a_page_that_is_not_there_is_not_found(register, client, page):
    assert client.get("/tim-kiem/", {"q": "số", "page": page}).status_code == 404


# -- names


@pytest.mark.parametrize(
    ("asked", "kind", "slug"),
    [
        ("ninh binh", "province", "ninh-binh"),
        ("TP.HCM", "province", "ho-chi-minh"),
        ("TT-Huế", "province", "thua-thien-hue"),
        ("TT-Huế", "province", "hue"),
        ("hạ tầng số Ninh Bình", "province", "ninh-binh"),
        ("nguyen manh hung", "official", "nguyen-manh-hung"),
        ("Hùng", "official", "nguyen-manh-hung"),
        ("UBND Ninh Bình", "organization", "ubnd-tinh-ninh-binh"),
        ("bộ tt&tt", "organization", "bo-thong-tin-va-truyen-thong"),
        ("cáp quang", "topic", "ha-tang-so"),
        ("digital infrastructure", "topic", "ha-tang-so"),
    ],
)
def test_names_lead_to_their_pages(register, client, asked, kind, slug):
    groups = client.get("/tim-kiem/", {"q": asked}).context["go_to"]
    rows = {name: [one.slug for one in rows] for name, _title, rows in groups}
    assert slug in rows[kind]
    assert all(len(slugs) <= 6 for slugs in rows.values())


def test_people_and_bodies_that_nobody_published_are_not_offered(register, client):
    make_official(full_name="Người Kín Đáo")
    make_organization(name="Cục Kín Đáo")
    assert client.get("/tim-kiem/", {"q": "kín đáo"}).context["go_to"] == []


# -- when there is nothing, or nothing can be asked


@pytest.mark.parametrize(
    ("asked", "help_with"),
    [
        ("ninhbinh", "Ninh Bình"),
        ("Ninh Bihn", "Ninh Bình"),
        ("hộ cận nghèo zzz", "hộ cận nghèo"),
        ("sandbox ninhbinh", "sandbox Ninh Bình"),
        ("zzz sandbox yyy", "sandbox"),
    ],
)
def test_when_nothing_is_found_the_page_helps(register, client, asked, help_with):
    response = client.get("/tim-kiem/", {"q": asked})
    assert response.context["number"] == 0
    offered = dict(response.context["closest"]) | dict(response.context["fewer"])
    assert help_with in offered
    assert client.get(f"/tim-kiem/{offered[help_with]}").context["number"] > 0
    assert 'href="/tinh/"' in response.content.decode()


def test_when_the_filters_leave_nothing_they_can_be_taken_away(register, client):
    response = client.get("/tim-kiem/", {"q": "sandbox", "province": "ca-mau"})
    assert response.context["hits"] == []
    assert client.get(f"/tim-kiem/{response.context['unfiltered']}").context["hits"]


@pytest.mark.parametrize("asked", ["", "   "])
def test_without_a_query_the_page_says_how_to_search(register, client, asked):
    response = client.get("/tim-kiem/", {"q": asked})
    assert response.status_code == 200
    assert "?q=TP.HCM" in response.content.decode()


@pytest.mark.parametrize(
    "asked", ["???", "…", "%_\\", "' OR 1=1 --", "🙂", "ﷺ", "\u0301", "ß", "a" * 200, "字" * 200]
)
def test_any_unicode_is_answered(register, client, asked):
    assert client.get("/tim-kiem/", {"q": asked}).status_code == 200


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        pytest.param(f"q={'a' * 201}", "a" * 201, id="201-characters"),
        pytest.param("q=mot+hai+ba+bon+nam+sau+bay+tam+chin", "tam chin", id="nine-words"),
        pytest.param("q=s%E1%BB%91&kind=meting", "số", id="unknown-kind"),
        pytest.param("q=s%E1%BB%91&province=khong-co", "số", id="unknown-province"),
        pytest.param("q=s%E1%BB%91&topic=khong-co", "số", id="unknown-topic"),
        pytest.param("q=s%E1%BB%91&loai=remark", "số", id="unknown-parameter"),
        pytest.param("q=s%E1%BB%91&q=b", "b", id="twice"),
    ],
)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_what_cannot_be_asked_is_said_and_kept(register, client, prefix, address, kept):
    response = client.get(f"{prefix}/tim-kiem/?{address}")
    page = response.content.decode()
    assert response.status_code == 400
    assert kept in page
    assert 'role="alert"' in page
    assert "hits" not in response.context


def test_tracking_does_not_disturb_a_search(register, client):
    plain = found(client, "sandbox")
    assert found(client, "sandbox", utm_source="zalo", fbclid="x") == plain


def test_what_was_typed_is_never_markup(register, client):
    page = client.get("/tim-kiem/", {"q": '"><script>alert(1)</script>'}).content.decode()
    assert "<script" not in page


# -- cost


def test_a_search_asks_the_database_the_same_for_one_hit_and_for_many(db, client):
    meeting = make_meeting(title="Buổi cáp quang")
    published(make_request(meeting=meeting, title="Kéo cáp quang"))

    def count(address):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    addresses = ["/tim-kiem/?q=cap+quang", "/tim-kiem/?q=cap+quang&kind=request"]
    one = [count(address) for address in addresses]
    titles = [f"Kéo cáp quang lần {number}" for number in range(30)]
    published_together(make_request(meeting=meeting, title=title) for title in titles)
    assert [count(address) for address in addresses] == one
    assert max(one) <= 20


def test_a_search_looks_at_a_window_of_the_newest(db, client, monkeypatch):
    monkeypatch.setattr("engagements.edition.search.WINDOW", 3)
    meeting = make_meeting()
    for number in range(5):
        published(make_request(meeting=meeting, title=f"Kéo cáp quang lần {number}"))
    response = client.get("/tim-kiem/", {"q": "cap quang"})
    assert response.context["number"] == 3
    assert response.context["is_capped"]


def test_a_withdrawn_or_edited_text_is_not_found(db, client):
    request = published(make_request(title="Kéo cáp quang"))
    published(edited(request, title="Kéo đường dây"))
    assert found(client, "cap quang") == []
    assert found(client, "duong day") == [request.code]


# -- hidden characters


@pytest.mark.parametrize(
    "asked",
    [
        "Ninh\u200bBình",
        "\ufeffNinh Bình",
        "Ninh\u00a0Bì\u00adnh",
        "\u202eNinh Bình\u202c",
        "Ninh Bình" + "\u200b" * 250,
    ],
    ids=["zero-width-space", "bom", "soft-hyphen", "direction", "longer-than-a-query"],
)
def test_a_pasted_hidden_character_is_no_part_of_a_query(register, client, asked):
    assert found(client, asked) == found(client, "Ninh Bình") != []
    for address in ("/kien-nghi/", "/api/v1/requests/"):
        plain, pasted = (client.get(address, {"q": q}) for q in ("Ninh Bình", asked))
        assert pasted.status_code == 200
        if address == "/kien-nghi/":
            rows, expected = (page.context["page_obj"].object_list for page in (pasted, plain))
        else:
            rows, expected = (answer.json()["results"] for answer in (pasted, plain))
        assert list(rows) == list(expected) != []


@pytest.mark.parametrize("address", ["/tim-kiem/", "/kien-nghi/", "/api/v1/requests/"])
def test_a_query_of_hidden_characters_alone_is_an_empty_one(register, client, address):
    assert client.get(address, {"q": "\u200b\ufeff"}).status_code == 200


@pytest.mark.both_databases
def test_a_record_with_a_soft_hyphen_is_found_and_marked(db, client):
    request = make_request(title="Đề nghị")
    type(request).objects.filter(pk=request.pk).update(title="Kéo cáp qu\u00adang ở Ðắk Lắk")
    request.refresh_from_db()
    request = published(request)
    assert found(client, "quang") == [request.code]
    assert html("cáp qu\u00adang", "quang") == "cáp <mark>qu\u00adang</mark>"
    assert html("ở Ðắk Lắk", "Đắk", strictly=True) == "ở <mark>Ðắk</mark> Lắk"
    for asked in ("Đắk Lắk", "Ðắk Lắk", "dak lak"):
        assert found(client, asked) == [request.code]
        assert client.get("/kien-nghi/", {"q": asked}).context["page_obj"].object_list
