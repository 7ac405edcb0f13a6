"""Sitemaps (sitemap.xml) of every public page in both languages; lastmod comes from editions."""

from django.contrib.sitemaps import Sitemap
from django.db.models import Max
from django.urls import reverse
from django.utils.functional import cached_property

from engagements.edition.kinds import KINDS
from engagements.edition.models import Edition
from engagements.edition.reading import public_officials, public_organizations
from engagements.reference import Topic
from provinces.models import Atlas, Province


class BilingualSitemap(Sitemap):
    """Every address in each language, with its twins; days of change come from editions alone."""

    i18n = alternates = x_default = True
    limit = 5000

    def public(self):
        return Edition.objects.public().order_by()

    def get_latest_lastmod(self):
        return self.public().aggregate(Max("changed_at"))["changed_at__max"]


class RecordPages(BilingualSitemap):
    """The pages of one kind of record: its list, then each record."""

    def __init__(self, kind):
        self.kind = kind

    def public(self):
        return super().public().filter(kind=self.kind)

    def items(self):
        rows = self.public().order_by("first_sequence")
        return [(None, self.get_latest_lastmod()), *rows.values_list("code", "changed_at")]

    def location(self, item):
        return reverse(self.kind, args=[item[0]]) if item[0] else reverse(f"{self.kind}-list")

    def lastmod(self, item):
        return item[1]


UNCHANGING = ("about", "data-dictionary")  # pages that no publication changes


class SitePages(BilingualSitemap):
    """Home, the latest news, and the pages about the register."""

    def items(self):
        return ["home", "latest-list", "about", "open-data", "data-dictionary"]

    def location(self, item):
        return reverse(item)

    def lastmod(self, item):
        return None if item in UNCHANGING else self.get_latest_lastmod()


class ProvincePages(BilingualSitemap):
    """The units of today and of the past; one changed when something about it was published."""

    @cached_property
    def changed(self):
        """The last publication about each unit, or about one whose work it carries on."""
        rows = self.public().exclude(province=None).values_list("province")
        latest, atlas = dict(rows.annotate(Max("changed_at"))), Atlas()
        return {
            unit.pk: max(latest[member.pk] for member in lineage)
            for unit in atlas.units.values()
            if (lineage := [member for member in atlas.lineage(unit) if member.pk in latest])
        }

    def items(self):
        return [None, *Province.objects.only("pk", "slug")]

    def location(self, item):
        return reverse("province", args=[item.slug]) if item else reverse("province-list")

    def lastmod(self, item):
        return self.changed.get(item.pk) if item else self.get_latest_lastmod()


class ReferencePages(BilingualSitemap):
    """Pages of officials, organizations and topics."""

    def __init__(self, name, rows):
        self.name, self.rows = name, rows

    def items(self):
        return [None, *self.rows().order_by("pk").values_list("slug", flat=True)]

    def location(self, item):
        return reverse(self.name, args=[item]) if item else reverse(f"{self.name}-list")


SITEMAPS = {
    "pages": SitePages,
    "provinces": ProvincePages,
    **{read.plural: RecordPages(read.kind) for read in KINDS.values() if read.has_page},
    "officials": ReferencePages("official", public_officials),
    "organizations": ReferencePages("organization", public_organizations),
    "topics": ReferencePages("topic", Topic.objects.all),
}
