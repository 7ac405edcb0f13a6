"""Nothing unpublished reaches the public: not as text, count, order, header or difference.

Every public address is read; then drafts, unreviewed edits, internal notes and source texts are
added to the register; then every address is read again and must be the same to the byte.
"""

from datetime import date

import pytest
from django.urls import get_resolver
from django.urls.resolvers import URLResolver

from engagements.edition.models import Edition
from engagements.models import (
    Commitment,
    Figure,
    Indicator,
    Meeting,
    ProvinceRequest,
    Recommendation,
    Remark,
    Source,
    State,
)
from engagements.pages.tiles import Measure
from engagements.publication.publishing import publish
from engagements.words import Deadline, FollowUpStatus, Kind, Strength
from provinces.models import Province

from .factories import (
    author,
    make_attendance,
    make_commitment,
    make_figure,
    make_meeting,
    make_official,
    make_organization,
    make_proposal,
    make_proposed_indicator,
    make_reading,
    make_recommendation,
    make_remark,
    make_request,
    make_source,
    make_update,
    publisher,
)

pytestmark = pytest.mark.django_db
MARK = "zzmậtzz"  # a word that no document has
FOLDED = "zzmatzz"
SPARE = "2099-01-01-zzmatzz"
SECRET = "chi-so-mat"  # the slug of a proposed indicator

# Every public address by its name; a new route needs one line here.
PAGES = {
    "home": ["/"],
    "about": ["/gioi-thieu/"],
    "open-data": ["/du-lieu/"],
    "data-dictionary": ["/du-lieu/tu-dien/"],
    "data-catalog": ["/du-lieu/catalog.jsonld"],
    "dump-file": ["/du-lieu/2026-01-01/manifest.json"],
    "follow-sent": ["/theo-doi/da-gui/"],
    "tip-thanks": ["/bao-loi/cam-on/"],
    "province-list": ["/tinh/"],
    "province": ["/tinh/{province}/"],
    "request-list": ["/kien-nghi/"],
    "request": ["/kien-nghi/{request}/"],
    "request-editions": ["/kien-nghi/{request}/ban-cong-bo/"],
    "commitment-list": ["/cam-ket/"],
    "commitment": ["/cam-ket/{commitment}/"],
    "commitment-editions": ["/cam-ket/{commitment}/ban-cong-bo/"],
    "recommendation-list": ["/khuyen-nghi/"],
    "recommendation": ["/khuyen-nghi/{recommendation}/"],
    "recommendation-editions": ["/khuyen-nghi/{recommendation}/ban-cong-bo/"],
    "latest-list": ["/cap-nhat/", "/cap-nhat/?kind=update"],
    "meeting-list": ["/buoi-lam-viec/"],
    "meeting": ["/buoi-lam-viec/{meeting}/"],
    "meeting-editions": ["/buoi-lam-viec/{meeting}/ban-cong-bo/"],
    "source-list": ["/nguon/"],
    "source": ["/nguon/{source}/"],
    "source-editions": ["/nguon/{source}/ban-cong-bo/"],
    "official-list": ["/can-bo/"],
    "official": ["/can-bo/{official}/"],
    "organization-list": ["/co-quan/", "/co-quan/?kind=ministry"],
    "organization": ["/co-quan/{organization}/"],
    "topic-list": ["/linh-vuc/"],
    "topic": ["/linh-vuc/sandbox/", "/linh-vuc/ha-tang-so/"],
    "search": [
        *(f"/tim-kiem/?q={q}" for q in (FOLDED, "", "mat", "hue", "so", "TT%26TT", "nguoi")),
        *(f"/tim-kiem/?q={q}" for q in ("ninhbinh", "zzmat", "zzmatz+sandbox", SPARE, "2099")),
        *(f"/tim-kiem/?q=so&{more}" for more in ("kind=remark", "topic=sandbox", "page=2")),
        "/tim-kiem/?q=so&province=ninh-binh",
    ],
    "province-briefing": ["/tinh/{province}/ho-so/"],
    "province-briefing-xlsx": ["/tinh/{province}/ho-so.xlsx"],
    "sitemap-index": ["/sitemap.xml"],
    "robots": ["/robots.txt"],
    "security": ["/.well-known/security.txt"],
    "latest-list-feed": ["/cap-nhat/atom.xml"],
    "province-feed": ["/tinh/{province}/atom.xml"],
    "province-calendar": ["/tinh/{province}/lich.ics"],
    "topic-feed": ["/linh-vuc/sandbox/atom.xml"],
    "official-feed": ["/can-bo/{official}/atom.xml"],
    "search-feed": [f"/tim-kiem/atom.xml?q={FOLDED}", "/tim-kiem/atom.xml?q=hue"],
    "source-list-feed": ["/nguon/atom.xml"],
}
FOLLOWED = {
    "request": "kien-nghi",
    "commitment": "cam-ket",
    "recommendation": "khuyen-nghi",
    "meeting": "buoi-lam-viec",
}
PAGES |= {f"{name}-list-feed": [f"/{path}/atom.xml"] for name, path in FOLLOWED.items()}
PAGES |= {f"{name}-list-calendar": [f"/{path}/lich.ics"] for name, path in FOLLOWED.items()}
PAGES |= {
    f"{name}-list-{wanted}": [f"/{path}/du-lieu.{wanted}"]
    for name, path in (FOLLOWED | {"source": "nguon"}).items()
    for wanted in ("csv", "xlsx")
}
PAGES["sitemap"] = [
    f"/sitemap-{name}.xml"
    for name in (
        "pages", "provinces", "officials", "organizations", "topics", "sources",
        *(f"{name}s" for name in FOLLOWED),
    )
]  # fmt: skip
PAGES |= {
    f"{name}-edition": [f"/{path}/{{{name}}}/ban-cong-bo/1/"]
    for name, path in (FOLLOWED | {"source": "nguon"}).items()
}
KINDS = [
    "meetings",
    "requests",
    "commitments",
    "recommendations",
    "updates",
    "remarks",
    "sources",
    "figures",
]
API = {f"api-{name}-list": [f"/api/v1/{name}/"] for name in [*KINDS, "followups"]}
API |= {f"api-{name}-detail": [f"/api/v1/{name}/{{{name[:-1]}}}/"] for name in KINDS}
API |= {f"api-{name}-editions": [f"/api/v1/{name}/{{{name[:-1]}}}/editions/"] for name in KINDS}
API |= {f"api-{name}-edition": [f"/api/v1/{name}/{{{name[:-1]}}}/editions/1/"] for name in KINDS}
for name in [*KINDS, "followups"]:
    API[f"api-{name}-list"] += [
        f"/api/v1/{name}/?format={wanted}" for wanted in ("csv", "ndjson", "xlsx")
    ]
API |= {
    "api-followups-detail": ["/api/v1/followups/{request}/"],
    "api-followups-editions": ["/api/v1/followups/{request}/editions/"],
    "api-followups-edition": ["/api/v1/followups/{request}/editions/1/"],
    "api-stats": [
        f"/api/v1/stats/?by={by}"
        for by in (
            "province",
            "status",
            "deadline",
            "topic",
            "lead",
            "month",
            "lead&as_of=2026-01-01",
        )
    ],
    "api-changes": ["/api/v1/changes/", "/api/v1/changes/?after=40&page_size=3"],
}
API |= {
    f"api-{name}-list": [f"/api/v1/{name}/"]
    for name in ["provinces", "organizations", "officials", "topics", "indicators"]
}
API |= {
    "api-provinces-detail": ["/api/v1/provinces/{province}/"],
    "api-organizations-detail": ["/api/v1/organizations/{organization}/"],
    "api-officials-detail": ["/api/v1/officials/{official}/"],
    "api-topics-detail": ["/api/v1/topics/sandbox/"],
    "api-indicators-detail": [
        *(f"/api/v1/indicators/{slug}/" for slug in ("xep-hang-pci", SECRET)),
    ],
    "api-index": ["/api/v1/"],
    "api-choices": ["/api/v1/choices/"],
    "api-schema": ["/api/schema/"],
    "api-docs": ["/api/docs/"],
}
FOLLOW_UP_LISTS = ["/kien-nghi/", "/cam-ket/", "/khuyen-nghi/", "/tinh/ninh-binh/", "/tinh/hue/"]
FOLLOW_UP_LISTS += ["/tinh/ninh-binh-2025/"]
FOLLOW_UP_LISTS += [f"/api/v1/{name}/" for name in ("requests", "commitments", "followups")]

# What readers send us: pages with a token of the form or of a mail, walked by the tests of alerts
# and tips.
FORMS = {"follow", "follow-confirm", "follow-stop", "follow-stop-all", "tip"}
# And the staff's way back to a lost password, walked by the tests of passwords.
FORMS |= {
    "admin_password_reset",
    "password_reset_done",
    "password_reset_confirm",
    "password_reset_complete",
}


def names(resolver=None):
    """Names of all routes but the admin's."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":
                yield from names(pattern)
        elif pattern.name:
            yield pattern.name


def test_every_route_is_walked():
    assert set(names()) == set(PAGES) | set(API) | FORMS


def surfaces(walk):
    """Every public address with what there is to fill it, and the lists with every filter.

    Unless it is a full walk: of each kind one record, of each province's like one; in English one
    address a pattern; each value of a filter on one page and one list of the API.
    """
    found, english = [], []
    values = {
        "province": ["ninh-binh", "hue", "ninh-binh-2025", "thua-thien-hue", "ha-noi"],
        "organization": ["bo-thong-tin-va-truyen-thong", "to-chuc-mat"],
        "official": ["nguyen-manh-hung", "nguoi-mat"],
    }
    if not walk:
        values["province"] = ["ninh-binh", "ninh-binh-2025"]
    for kind in Kind:
        codes = list(
            Edition.objects.current()
            .filter(kind=kind)
            .order_by("sequence")
            .values_list("code", flat=True)
        )
        known = codes[: 3 if walk else 1] + codes[-1:]
        values[kind.value] = [*known, "KN-900", SPARE] if codes else ["CN-1"]
    for patterns in (PAGES | API).values():
        for pattern in patterns:
            key = pattern.partition("{")[2].partition("}")[0]
            fills = values[key] if key else [""]
            filled = [pattern.replace(f"{{{key}}}", value) for value in fills]
            found += filled
            english += filled if walk else filled[:1]
    found += [f"/en{path}" for path in english if not path.startswith("/api/")]
    for path in FOLLOW_UP_LISTS if walk else ("/kien-nghi/", "/api/v1/followups/"):
        found += [f"{path}?status={value}" for value in FollowUpStatus.values]
        found += [f"{path}?deadline={value}" for value in Deadline.values]
        found += [f"{path}?q={FOLDED}", f"{path}?q=hue", f"{path}?topic=sandbox"]
        found += [
            f"{path}?official=nguoi-mat",
            f"{path}?lead=to-chuc-mat",
            f"{path}?from=2024-01-01",
        ]
        found += [f"{path}?meeting={SPARE}", f"{path}?meeting=2024-02-29-ninh-binh"]
    found += [f"/api/v1/figures/?indicator={value}" for value in ("xep-hang-pci", SECRET)]
    found += [f"/api/v1/indicators/?format={wanted}" for wanted in ("csv", "ndjson", "xlsx")]
    found += [f"/cam-ket/?strength={value}" for value in Strength.values]
    found += [f"/?do={value}" for value in Measure.values]
    found += [
        f"/api/v1/meetings/?q={FOLDED}",
        f"/nguon/?q={FOLDED}",
        f"/api/v1/sources/?q={FOLDED}",
    ]
    return list(dict.fromkeys(found))


def read(client, paths):
    """Status, headers and body of each address."""
    answers = {}
    for path in paths:
        response = client.get(path)
        assert response.status_code < 500, path
        assert "Set-Cookie" not in response, path
        assert not response.cookies, path
        answers[path] = (response.status_code, dict(response.headers), b"".join(response))
    return answers


def add_what_is_not_public():
    """A draft of each kind, an unreviewed edit of each, notes and texts that only staff read."""
    province = Province.objects.get(slug="ninh-binh-2025")
    public_meeting = Meeting.objects.get(slug="2024-02-29-ninh-binh")
    person = make_official(full_name=f"Người {MARK}", slug="nguoi-mat")
    body = make_organization(name=f"Tổ chức {MARK}", slug="to-chuc-mat")
    draft_source = make_source(title=f"Nguồn {MARK}", text=MARK)
    draft_meeting = make_meeting(
        title=f"Buổi {MARK}", slug=SPARE, provinces=[province], ministry=body, source=draft_source
    )
    make_attendance(meeting=draft_meeting, official=person, organization=body)
    for meeting in (draft_meeting, public_meeting):
        about = {"title": MARK, "url": f"https://example.vn/{FOLDED}"}
        reading = make_reading(
            text=f"{MARK} {meeting.pk}", about=about, meeting=meeting, source=meeting.source
        )
        made = {"record_kind": "meeting", "record_key": meeting.pk, "payload": {"title": MARK}}
        make_proposal(MARK, reading=reading, kind="meeting", **made)
        place = {"meeting": meeting, "province": province, "internal_note": MARK}
        place |= {"due_on": date(2020, 1, 1), "due_text": MARK}
        request = make_request(title=MARK, raised_by=person, **place)
        make_commitment(title=MARK, lead=body, answers=[request], **place)
        make_recommendation(title=MARK, current_lead=body, **place)
        del place["due_on"], place["due_text"]
        make_remark(text=MARK, said_by=person, **place)
        make_figure(unit=MARK, indicator=Indicator.objects.first(), **place)
        name = f"Chỉ số {MARK} {meeting.pk}"
        proposed = make_proposed_indicator(name=name, slug=f"{SECRET}-{meeting.pk}", note=MARK)
        make_figure(indicator=proposed, **place)
    make_proposed_indicator(name=MARK, slug=SECRET, unit=MARK)
    published = ProvinceRequest.objects.filter(state=State.PUBLISHED).first()
    make_commitment(
        title=MARK, meeting=published.meeting, province=published.province, answers=[published]
    )
    make_update(request=published, text=MARK, status="done")
    edited = {
        Source: {"title": MARK, "text": MARK, "note": MARK},
        Meeting: {"title": MARK, "summary": MARK, "internal_note": MARK},
        ProvinceRequest: {"title": MARK, "internal_note": MARK, "raised_by": person},
        Commitment: {"title": MARK, "strength": "offer", "lead": body},
        Recommendation: {"detail": MARK, "review_note": MARK},
        Remark: {"text": MARK},
        Figure: {"value": 99, "unit": MARK},
    }
    for model, values in edited.items():
        for record in model.objects.filter(state=State.PUBLISHED)[:3]:
            for name, value in values.items():
                setattr(record, name, value)
            record.updated_by = author()
            record._history_user = author()
            record.save()
            assert record.has_waiting_edit
            if model in (Commitment, Recommendation):
                record.answers.set([])
    make_attendance(meeting=public_meeting, official=person, title=MARK)


def test_nothing_unpublished_changes_any_answer(client, register, walk):
    paths = surfaces(walk)
    assert len(paths) > 250
    before = read(client, paths)
    add_what_is_not_public()
    after = read(client, paths)
    for path in paths:
        assert after[path] == before[path], path
        assert MARK.encode() not in after[path][2], path


def test_the_probe_is_not_blind(client, register, walk):
    """What is published does show: on its page, in lists, search and the API."""
    request = make_request(
        title=f"Việc {MARK}",
        meeting=Meeting.objects.get(slug="2024-02-29-ninh-binh"),
        province=Province.objects.get(slug="ninh-binh-2025"),
        source=Source.objects.get(code="NG-1"),
    )
    publish(request, by=publisher())
    paths = [
        "/",
        "/kien-nghi/",
        "/en/kien-nghi/",
        "/tinh/ninh-binh/",
        "/tinh/ninh-binh-2025/",
        f"/kien-nghi/?q={FOLDED}",
        f"/tim-kiem/?q={FOLDED}",
        f"/en/tim-kiem/?q={FOLDED}",
        "/api/v1/requests/",
        f"/api/v1/followups/?q={FOLDED}",
        f"/kien-nghi/{ProvinceRequest.objects.get(pk=request.pk).code}/",
    ]
    assert set(paths) <= set(surfaces(walk)), "the probe reads them"
    for path, (_status, _headers, content) in read(client, paths).items():
        assert MARK.encode() in content, path


@pytest.mark.parametrize("method", ["get", "head", "options", "post", "put", "delete"])
@pytest.mark.parametrize(
    ("draft", "never"),
    [
        ("/buoi-lam-viec/{}/", "/buoi-lam-viec/2099-01-01-khong-co/"),
        ("/api/v1/meetings/{}/", "/api/v1/meetings/2099-01-01-khong-co/"),
    ],
)
def test_a_draft_answers_like_what_never_was(client, register, draft, never, method):
    meeting = make_meeting(slug="2099-01-01-khong-lo", title=MARK)
    there = getattr(client, method)(draft.format(meeting.slug))
    nowhere = getattr(client, method)(never)
    assert there.status_code == nowhere.status_code
    assert len(there.content) == len(nowhere.content)
    assert dict(there.headers.items()) == dict(nowhere.headers.items())
