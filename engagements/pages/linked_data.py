"""Linked data of public pages: JSON-LD in the words of schema.org, from editions alone."""

import json
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from engagements.edition import licence
from engagements.edition.kinds import KINDS
from engagements.edition.models import Edition
from engagements.words import Kind, MeetingState
from provinces.models import OrganizationKind

SCHEMA = "https://schema.org"
COUNTRY = {"@type": "Country", "name": "Việt Nam", "identifier": "VN"}
# No text of a record may end the element that holds it.
ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}
ORGANIZATION_TYPES = {
    OrganizationKind.ENTERPRISE: "Corporation",
    OrganizationKind.SCHOOL: "EducationalOrganization",
    OrganizationKind.PARTY_COMMITTEE: "Organization",
    OrganizationKind.OTHER: "Organization",
}


def escaped_json(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)


def node(**facts):
    """A node of JSON-LD from what is recorded; a fact that is not recorded has no key."""
    return {name.replace("at_", "@"): value for name, value in facts.items() if value}


def administrative_area(unit, absolute):
    """A provincial unit."""
    return node(
        at_type="AdministrativeArea",
        name=unit.full_name,
        alternateName=unit.name_en,
        url=absolute(unit.get_absolute_url()),
        containedInPlace=COUNTRY,
    )


def organization_node(slug, name, absolute, kind=OrganizationKind.MINISTRY):
    return node(
        at_type=ORGANIZATION_TYPES.get(kind, "GovernmentOrganization"),
        name=name,
        url=absolute(reverse("organization", args=[slug])),
    )


def province_page(context, absolute):
    unit = context["province"]
    identifier = {"@type": "PropertyValue", "propertyID": "code", "value": unit.code}
    return administrative_area(unit, absolute) | {"identifier": identifier}


def organization_page(context, absolute):
    row = context["named"]
    last_day = row.ceased_on and (row.ceased_on - timedelta(days=1)).isoformat()
    parent, province = row.parent, row.province
    return organization_node(row.slug, row.name, absolute, row.kind) | node(
        alternateName=row.short_name,
        foundingDate=row.established_on and row.established_on.isoformat(),
        dissolutionDate=last_day,
        parentOrganization=parent and node(at_type="Organization", name=parent.name),
        areaServed=province and administrative_area(province, absolute),
    )


def sentence_of(session):
    """For when a session is planned, and its summary."""
    return ". ".join(filter(None, (KINDS[Kind.MEETING].when(session), session["summary"])))


def meeting_page(context, absolute):
    edition, atlas = context["edition"], context["atlas"]
    data = edition.data
    ministry = data["ministry"]
    is_cancelled = edition.type == MeetingState.CANCELLED
    state = "EventCancelled" if is_cancelled else "EventScheduled"
    people = [
        node(at_type="Person", name=seat["official"]["name"], jobTitle=seat["title"])
        for seat in data["attendances"]
    ]
    return node(
        at_type="Event",
        name=data["title"],
        # A planned session has no day yet: one of a window would be read as the day it is held.
        description=data["summary"] if data["held_on"] else sentence_of(data),
        url=absolute(reverse("meeting", args=[edition.code])),
        inLanguage="vi",
        startDate=data["held_on"],
        endDate=data["held_on"],
        eventStatus=f"{SCHEMA}/{state}",
        location=data["place"] and node(at_type="Place", name=data["place"]),
        organizer=organization_node(ministry["slug"], ministry["name"], absolute),
        about=[administrative_area(atlas.units[key], absolute) for key in edition.place_ids],
        attendee=people,
    )


def about_page(context, absolute):
    """The register as a Dataset, with the API as its distribution."""
    newest = Edition.objects.last_act()
    download = node(
        at_type="DataDownload",
        encodingFormat="application/json",
        contentUrl=absolute(reverse("api-index")),
    )
    return node(
        at_type="Dataset",
        name="Sát Cánh",
        description=_(
            "The public register of what the provinces asked of the ministry, what it promised and "
            "advised, and how each of these stands today."
        ),
        url=absolute(reverse("about")),
        license=licence.URL,
        isAccessibleForFree=True,
        inLanguage="vi",
        creator=node(at_type="Organization", name="Sát Cánh", url=absolute(reverse("home"))),
        spatialCoverage=COUNTRY,
        distribution=[download],
        version=newest and str(newest["sequence"]),
        dateModified=newest and newest["published_at"].isoformat(timespec="seconds"),
    )


def open_data_page(context, absolute):
    """The same as files: of each list the CSV, and the newest dump as one file."""
    register = about_page(context, absolute) | {"url": absolute(reverse("open-data"))}
    csv_files = [
        node(
            at_type="DataDownload",
            name=dataset.title,
            encodingFormat="text/csv",
            contentUrl=absolute(f"{reverse(f'api-{dataset.name}-list')}?format=csv"),
        )
        for dataset in context["datasets"]
        if dataset.table.kind
    ]
    databases = [
        node(
            at_type="DataDownload",
            name=file.name,
            encodingFormat="application/vnd.sqlite3",
            contentUrl=absolute(address),
        )
        for listed in context["dumps"][:1]
        for file, address in listed["files"]
        if file is listed["dump"].database
    ]
    register["distribution"] += [*csv_files, *databases]
    return register


# By the name of the page's route.
PAGES_WITH_LINKED_DATA = {
    "meeting": meeting_page,
    "province": province_page,
    "organization": organization_page,
    "about": about_page,
    "open-data": open_data_page,
}


def linked_data(name, context, absolute):
    """The JSON-LD of a page that has some; None of another."""
    if name not in PAGES_WITH_LINKED_DATA:
        return None
    return escaped_json({"@context": SCHEMA} | PAGES_WITH_LINKED_DATA[name](context, absolute))
