"""Provincial units through time, their successions, and the lineages these make."""

from collections import defaultdict
from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from provinces.vietnamese import FoldedField, Line, Prose, SortKeyField

from .constraints import CheckedAtOnce, not_empty, one_of
from .slugs import SlugQuerySet


class ProvinceKind(models.TextChoices):
    PROVINCE = "province", pgettext_lazy("kind of unit", "Province")
    CITY = "city", _("Centrally-run city")


class SuccessionKind(models.TextChoices):
    MERGED = "merged", _("merged into")
    RENAMED = "renamed", _("renamed")
    UPGRADED = "upgraded", _("raised in rank")
    SPLIT = "split", _("split into")


class ProvinceQuerySet(SlugQuerySet):
    def on(self, day):
        """The units that existed on that day."""
        return self.filter(
            Q(established_on=None) | Q(established_on__lte=day),
            Q(ceased_on=None) | Q(ceased_on__gt=day),
        )

    def living(self, day=None):
        """The units of today, or of the given day."""
        return self.on(day or timezone.localdate())


class Province(CheckedAtOnce):
    """A provincial unit between two dates: a merger, renaming or change of rank begins another."""

    slug = models.SlugField(
        _("address"),
        max_length=80,
        unique=True,
        help_text=_(
            "The living unit has its bare name; a past namesake carries its last year. Published."
        ),
    )
    code = models.CharField(
        _("code"), max_length=8, help_text=_("Official code; some were reused in 2025. Published.")
    )
    name = Line(_("name"), max_length=80, help_text=_("Without “tỉnh” or “thành phố”. Published."))
    name_en = Line(_("English name"), max_length=80, blank=True, help_text=_("Published."))
    kind = models.CharField(
        _("kind"), max_length=16, choices=ProvinceKind, help_text=_("Published.")
    )
    established_on = models.DateField(
        _("established on"),
        null=True,
        blank=True,
        help_text=_("Empty: long ago, not recorded. Published."),
    )
    ceased_on = models.DateField(
        _("ceased on"), null=True, blank=True, help_text=_("The first day it is gone. Published.")
    )
    legal_act = Line(
        _("legal act"),
        max_length=120,
        blank=True,
        help_text=_("The act that made this unit. Published."),
    )
    aliases = Prose(
        _("other names"),
        blank=True,
        help_text=_("One a line: old and short names, for search. Published."),
    )
    note = Prose(
        _("note"), blank=True, help_text=_("What a reader should know about it. Published.")
    )
    sort_key = SortKeyField(sources=["name"])
    search = FoldedField(sources=["name", "name_en", "aliases", "code"])
    history = HistoricalRecords()

    objects = ProvinceQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "established_on", "pk"]
        verbose_name = _("province")
        verbose_name_plural = _("provinces")
        constraints = [
            one_of("kind", ProvinceKind),
            not_empty("name"),
            models.CheckConstraint(
                name="provinces_province_ceased_after_established",
                condition=Q(established_on=None)
                | Q(ceased_on=None)
                | Q(ceased_on__gt=F("established_on")),
                violation_error_message=_("A unit ceases after it is established."),
            ),
            models.UniqueConstraint(
                name="provinces_province_code_of_one_living",
                fields=["code"],
                condition=Q(ceased_on=None),
                violation_error_message=_("Another living unit has this code."),
            ),
        ]

    def __str__(self):
        if self.ceased_on:
            until = _("until %(day)s") % {"day": f"{self.last_day:%d/%m/%Y}"}
            return f"{self.full_name} ({until})"
        return self.full_name

    def get_absolute_url(self):
        return reverse("province", args=[self.slug])

    def natural_key(self):
        return (self.slug,)

    @property
    def full_name(self):
        """The name as people write it: “tỉnh Ninh Bình”, “thành phố Huế”."""
        rank = "Thành phố" if self.kind == ProvinceKind.CITY else "Tỉnh"
        return f"{rank} {self.name}"

    @property
    def last_day(self):
        """The last day on which it existed; None while it lives."""
        return self.ceased_on and self.ceased_on - timedelta(days=1)

    def is_living(self, on=None):
        on = on or timezone.localdate()
        return (self.established_on is None or self.established_on <= on) and (
            self.ceased_on is None or self.ceased_on > on
        )


class Succession(CheckedAtOnce):
    """One unit following another, on a day, by a legal act."""

    predecessor = models.ForeignKey(
        Province,
        models.PROTECT,
        related_name="successions",
        verbose_name=_("predecessor"),
        help_text=_("Published."),
    )
    successor = models.ForeignKey(
        Province,
        models.PROTECT,
        related_name="origins",
        verbose_name=_("successor"),
        help_text=_("Published."),
    )
    effective_on = models.DateField(_("effective on"), help_text=_("Published."))
    kind = models.CharField(
        _("kind"), max_length=16, choices=SuccessionKind, help_text=_("Published.")
    )
    legal_act = Line(_("legal act"), max_length=120, blank=True, help_text=_("Published."))
    history = HistoricalRecords()

    class Meta:
        ordering = ["effective_on", "pk"]
        verbose_name = _("succession of provinces")
        verbose_name_plural = _("successions of provinces")
        constraints = [
            one_of("kind", SuccessionKind),
            models.CheckConstraint(
                name="provinces_succession_of_another",
                condition=~Q(predecessor=F("successor")),
                violation_error_message=_("A unit does not succeed itself."),
            ),
            models.UniqueConstraint(
                name="provinces_succession_once",
                fields=["predecessor", "successor"],
                violation_error_message=_("This succession is recorded already."),
            ),
        ]

    def __str__(self):
        return f"{self.predecessor} → {self.successor}"


class Atlas:
    """All units and who succeeded whom, read once (two queries), to walk lineages in memory."""

    def __init__(self):
        self.units = {unit.pk: unit for unit in Province.objects.all()}
        self.slugs = {unit.slug: unit for unit in self.units.values()}
        self._successors, self._predecessors = defaultdict(list), defaultdict(list)
        for succession in Succession.objects.all():
            self._successors[succession.predecessor_id].append(succession)
            self._predecessors[succession.successor_id].append(succession)

    def origins(self, unit):
        """The successions that made this unit, in Vietnamese order of the predecessors."""
        successions = self._predecessors[unit.pk]
        return sorted(successions, key=lambda s: self.units[s.predecessor_id].sort_key)

    def successions(self, unit):
        """Those that ended this unit, or took a part of it."""
        return self._successors[unit.pk]

    def predecessors(self, unit):
        return [self.units[s.predecessor_id] for s in self.origins(unit)]

    def lineage(self, unit):
        """The unit and all its predecessors, nearest first."""
        lineage, waiting = {}, [unit]
        while waiting:
            nearest = waiting.pop(0)
            if nearest.pk not in lineage:
                lineage[nearest.pk] = nearest
                waiting.extend(self.predecessors(nearest))
        return list(lineage.values())

    def heirs(self, unit, on=None):
        """The units that carry this one on that day: several where it was split, itself if nothing
        followed; in Vietnamese order.
        """
        on = on or timezone.localdate()
        carrying, seen, waiting = {}, set(), [unit]
        while waiting:
            nearest = waiting.pop(0)
            if nearest.pk in seen:
                continue
            seen.add(nearest.pk)
            following = [s for s in self._successors[nearest.pk] if s.effective_on <= on]
            waiting += [self.units[succession.successor_id] for succession in following]
            if not following:
                carrying[nearest.pk] = nearest
        return sorted(carrying.values(), key=lambda heir: heir.sort_key) or [unit]

    def heir(self, unit, on=None):
        """The one unit that carries this one on that day; itself if nothing followed.

        None when a split leaves several: only a person can say which one it is.
        """
        heirs = self.heirs(unit, on)
        return heirs[0] if len(heirs) == 1 else None

    def counted_under(self, unit, on=None):
        """The unit under whose name sums count this one: its heir, or the unit that was split."""
        on = on or timezone.localdate()
        while (heir := self.heir(unit, on)) is None:
            following = [s for s in self._successors[unit.pk] if s.effective_on <= on]
            if len(following) > 1:
                return unit
            unit = self.units[following[0].successor_id]
        return heir

    def successors(self, unit, on=None):
        """The other units that carry this one on that day; none while it lives."""
        return [heir for heir in self.heirs(unit, on) if heir != unit]

    def split_before(self, unit, on=None):
        """Predecessors of this unit that no unit carries on alone: what was before a split."""
        return [member for member in self.lineage(unit) if self.heir(member, on) is None]
