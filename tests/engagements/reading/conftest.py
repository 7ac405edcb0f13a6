"""Names for the reader's tests: those of the reference data, read from their files without a
database."""

from datetime import date
from functools import cache

import pytest
import yaml
from django.conf import settings

from engagements.reading.names import Body, KnownOfficial, Names, Unit


def day(value):
    return value if isinstance(value, date) or value is None else date.fromisoformat(value)


@cache
def reference_names():
    fixtures = settings.BASE_DIR / "fixtures"
    places = yaml.safe_load((fixtures / "provinces.yaml").read_text(encoding="utf-8"))
    bodies = yaml.safe_load((fixtures / "organizations.yaml").read_text(encoding="utf-8"))
    follows = {}
    for row in places["successions"]:
        follows.setdefault(row["successor"], []).append(row["predecessor"])
    return Names(
        units=tuple(
            Unit(
                row["slug"],
                row["name"],
                row["kind"],
                tuple(row.get("aliases", ())),
                day(row.get("established_on")),
                day(row.get("ceased_on")),
                tuple(follows.get(row["slug"], ())),
            )
            for row in places["provinces"]
        ),
        bodies=tuple(
            Body(
                row["slug"],
                row["name"],
                row["kind"],
                row.get("short_name", ""),
                tuple(row.get("aliases", ())),
                day(row.get("established_on")),
                day(row.get("ceased_on")),
            )
            for row in bodies["organizations"]
        ),
        officials=(KnownOfficial("vi-thanh-lam", "Vi Thanh Lẫm"),),
    )


@pytest.fixture
def names():
    return reference_names()
