"""Who we talk to: provincial units through time, bodies, people and the offices they hold."""

from collections import defaultdict
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from .vietnamese import FoldedField, GivenNameKeyField, Line, Prose, SortKeyField


class ProvinceKind(models.TextChoices):
    PROVINCE = "province", pgettext_lazy("kind of unit", "Province")
    CITY = "city", _("Centrally-run city")


class SuccessionKind(models.TextChoices):
    MERGED = "merged", _("merged into")
    RENAMED = "renamed", _("renamed")
    UPGRADED = "upgraded", _("raised in rank")
    SPLIT = "split", _("split into")


class OrganizationKind(models.TextChoices):
    MINISTRY = "ministry", _("Ministry")
    MINISTRY_UNIT = "ministry_unit", _("Unit of a ministry")
    PARTY_COMMITTEE = "party_committee", _("Provincial Party committee")
    PEOPLES_COUNCIL = "peoples_council", _("People's Council")
    PEOPLES_COMMITTEE = "peoples_committee", _("People's Committee")
    PROVINCIAL_DEPARTMENT = "provincial_department", _("Provincial department")
    ENTERPRISE = "enterprise", _("Enterprise")
    SCHOOL = "school", _("School or academy")
    STATE_BODY = "state_body", _("State or Party body")
    OTHER = "other", _("Other")


def one_of(field, choices):
    """A constraint that keeps a column to its choices, which Django itself checks in forms only."""
    return models.CheckConstraint(
        name=f"%(app_label)s_%(class)s_{field}_in_list",
        condition=Q(**{f"{field}__in": choices.values}),
        violation_error_message=_("The value is not in the list."),
    )


def not_empty(field):
    return models.CheckConstraint(
        name=f"%(app_label)s_%(class)s_{field}_not_empty",
        condition=~Q(**{field: ""}),
        violation_error_message=_("This text must not be empty."),
    )


def not_merged_into_itself():
    return models.CheckConstraint(
        name="%(app_label)s_%(class)s_merged_into_another",
        condition=Q(merged_into=None) | ~Q(merged_into=F("id")),
        violation_error_message=_("A row is not merged into itself."),
    )


class SlugQuerySet(models.QuerySet):
    def get_by_natural_key(self, slug):
        return self.get(slug=slug)

    def formerly(self, slug):
        """The row that once bore this slug, for redirecting an old address, or None."""
        row = self.model.history.filter(slug=slug).order_by("-history_id").first()
        return row and self.filter(pk=row.id).exclude(slug=slug).first()


def merged_sequence():
    """Given when a row that the public knew is merged; its clients learn of it there."""
    return models.BigIntegerField(
        _("sequence of the merge"),
        null=True,
        editable=False,
        help_text=_("The last edition issued again because of it. Published."),
    )


class MergeableQuerySet(SlugQuerySet):
    def standing(self):
        """Without the rows that another one stands for since they were merged."""
        return self.filter(merged_into=None)

    def formerly(self, slug):
        """Also the row into which the one of that address was merged, if the public knew it."""
        row = self.filter(slug=slug).exclude(merged_into=None).first() or super().formerly(slug)
        if row is None or row.merged_into_id is None:
            return row
        return standing_for(row) if self.known_before_their_merge().contains(row) else None

    def known_before_their_merge(self):
        """Merged rows that something named which the public may still read."""
        away = self.exclude(merged_into=None)
        return away.filter(
            edition_links__isnull=False, edition_links__edition__withdrawn_at=None
        ).distinct()


def standing_for(row):
    """The row that stands for a person or a body: itself, unless it was merged into another."""
    while row is not None and row.merged_into_id is not None:
        row = row.merged_into
    return row


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


class Province(models.Model):
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
            return f"{self.full_name} ({_('until %(day)s') % {'day': f'{self.last_day:%d/%m/%Y}'}})"
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


class Succession(models.Model):
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
        found = self._predecessors[unit.pk]
        return sorted(found, key=lambda s: self.units[s.predecessor_id].sort_key)

    def successions(self, unit):
        """Those that ended this unit, or took a part of it."""
        return self._successors[unit.pk]

    def predecessors(self, unit):
        return [self.units[s.predecessor_id] for s in self.origins(unit)]

    def lineage(self, unit):
        """The unit and all its predecessors, nearest first."""
        found, waiting = {}, [unit]
        while waiting:
            one = waiting.pop(0)
            if one.pk not in found:
                found[one.pk] = one
                waiting.extend(self.predecessors(one))
        return list(found.values())

    def heir(self, unit, on=None):
        """The unit that carries this one on that day; itself if nothing followed.

        None when a split leaves several: only a person can say which one it is.
        """
        on = on or timezone.localdate()
        seen = set()
        while unit.pk not in seen:
            seen.add(unit.pk)
            following = [s for s in self._successors[unit.pk] if s.effective_on <= on]
            if not following:
                return unit
            if len(following) > 1:
                return None
            unit = self.units[following[0].successor_id]
        return unit


class Organization(models.Model):
    """A ministry, a unit under it, a provincial body, an enterprise, a school."""

    slug = models.SlugField(_("address"), max_length=120, unique=True, help_text=_("Published."))
    name = Line(_("name"), max_length=200, help_text=_("Published."))
    name_en = Line(_("English name"), max_length=200, blank=True, help_text=_("Published."))
    short_name = Line(_("short name"), max_length=80, blank=True, help_text=_("Published."))
    kind = models.CharField(
        _("kind"), max_length=32, choices=OrganizationKind, help_text=_("Published.")
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="units",
        verbose_name=_("belongs to"),
        help_text=_("Published."),
    )
    province = models.ForeignKey(
        Province,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="organizations",
        verbose_name=_("province"),
        help_text=_("The unit of that day, for a provincial body. Published."),
    )
    ceased_on = models.DateField(
        _("ceased on"), null=True, blank=True, help_text=_("The first day it is gone. Published.")
    )
    aliases = Prose(_("other names"), blank=True, help_text=_("One a line, for search. Published."))
    note = Prose(_("note"), blank=True, help_text=_("Published."))
    sort_key = SortKeyField(sources=["name"])
    search = FoldedField(sources=["name", "name_en", "short_name", "aliases"])
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="merged",
        verbose_name=_("merged into"),
        help_text=_("The row of the same body that stands for both. Published as a redirect."),
    )
    merged_sequence = merged_sequence()
    history = HistoricalRecords()

    objects = MergeableQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "pk"]
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        constraints = [
            one_of("kind", OrganizationKind),
            not_empty("name"),
            models.CheckConstraint(
                name="provinces_organization_not_its_own_parent",
                condition=Q(parent=None) | ~Q(parent=F("id")),
                violation_error_message=_("A body does not belong to itself."),
            ),
            not_merged_into_itself(),
        ]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.slug,)


class OrganizationSuccession(models.Model):
    """A body handing a field of its work to another, on a day, by a legal act."""

    predecessor = models.ForeignKey(
        Organization,
        models.PROTECT,
        related_name="successions",
        verbose_name=_("predecessor"),
        help_text=_("Published."),
    )
    successor = models.ForeignKey(
        Organization,
        models.PROTECT,
        related_name="origins",
        verbose_name=_("successor"),
        help_text=_("Published."),
    )
    field = Line(
        _("field"),
        max_length=300,
        blank=True,
        help_text=_("Which field of work went there. Published."),
    )
    effective_on = models.DateField(_("effective on"), help_text=_("Published."))
    legal_act = Line(_("legal act"), max_length=120, blank=True, help_text=_("Published."))
    history = HistoricalRecords()

    class Meta:
        ordering = ["effective_on", "pk"]
        verbose_name = _("succession of organizations")
        verbose_name_plural = _("successions of organizations")
        constraints = [
            models.CheckConstraint(
                name="provinces_organizationsuccession_of_another",
                condition=~Q(predecessor=F("successor")),
                violation_error_message=_("A body does not succeed itself."),
            ),
            models.UniqueConstraint(
                name="provinces_organizationsuccession_once",
                fields=["predecessor", "successor", "field"],
                violation_error_message=_("This succession is recorded already."),
            ),
        ]

    def __str__(self):
        return f"{self.predecessor} → {self.successor}"


class Official(models.Model):
    """A person who holds or held office. A name is no key: namesakes have slugs of their own."""

    full_name = Line(
        _("full name"),
        max_length=120,
        help_text=_("Family, middle, given name; no titles. Published."),
    )
    slug = models.SlugField(_("address"), max_length=120, unique=True, help_text=_("Published."))
    note = Prose(
        _("internal note"), blank=True, help_text=_("How to tell namesakes apart. Never published.")
    )
    sort_key = GivenNameKeyField(sources=["full_name"])
    search = FoldedField(sources=["full_name"])
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="merged",
        verbose_name=_("merged into"),
        help_text=_("The row of the same person that stands for both. Published as a redirect."),
    )
    merged_sequence = merged_sequence()
    history = HistoricalRecords()

    objects = MergeableQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "pk"]
        verbose_name = _("official")
        verbose_name_plural = _("officials")
        constraints = [not_empty("full_name"), not_merged_into_itself()]

    def __str__(self):
        return self.full_name

    def natural_key(self):
        return (self.slug,)


class PostQuerySet(models.QuerySet):
    def held_on(self, day):
        """Offices that were held on that day, as far as known days tell: theirs, those of the
        body and of its province, which no office outlives."""
        return self.filter(
            Q(starts_on=None) | Q(starts_on__lte=day),
            Q(ends_on=None) | Q(ends_on__gte=day),
            Q(organization__ceased_on=None) | Q(organization__ceased_on__gt=day),
            Q(organization__province=None)
            | Q(organization__province__ceased_on=None)
            | Q(organization__province__ceased_on__gt=day),
        )


def held(posts):
    """Of one person's offices that fit a day the one to write down; None if several fit alike.

    One whose days are known goes before those that merely are not excluded.
    """
    dated = [post for post in posts if post.starts_on or post.ends_on]
    found = dated or list(posts)
    return found[0] if len(found) == 1 else None


class Post(models.Model):
    """An office held by an official at a body between two days, either of which may be unknown."""

    official = models.ForeignKey(
        Official,
        models.PROTECT,
        related_name="posts",
        verbose_name=_("official"),
        help_text=_("Published."),
    )
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        related_name="posts",
        verbose_name=_("organization"),
        help_text=_("Published."),
    )
    title = Line(pgettext_lazy("of a post", "title"), max_length=200, help_text=_("Published."))
    starts_on = models.DateField(
        _("from"), null=True, blank=True, help_text=_("Empty: unknown. Published.")
    )
    ends_on = models.DateField(
        _("to"), null=True, blank=True, help_text=_("Last day; empty: unknown. Published.")
    )
    proof = Line(
        _("proof"),
        max_length=300,
        blank=True,
        help_text=_("What shows that the office was held. Published."),
    )
    history = HistoricalRecords()

    objects = PostQuerySet.as_manager()

    class Meta:
        ordering = ["official", "starts_on", "pk"]
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [
            not_empty("title"),
            models.CheckConstraint(
                name="provinces_post_ends_after_starts",
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("A post ends after it starts."),
            ),
            models.UniqueConstraint(
                name="provinces_post_once",
                fields=["official", "organization", "title"],
                condition=Q(starts_on=None),
                violation_error_message=_("This post is recorded already."),
            ),
        ]

    def __str__(self):
        return f"{self.official}, {self.title}"


class Officer(models.Model):
    """The desk of a staff account: which body it writes for."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="officer",
        verbose_name=_("account"),
        help_text=_("Never published."),
    )
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        related_name="officers",
        verbose_name=_("organization"),
        help_text=_("Never published."),
    )
    is_written_to = models.BooleanField(
        _("weekly letter"),
        default=True,
        help_text=_("Gets every Monday by e-mail what needs them. Never published."),
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["user"]
        verbose_name = _("officer")
        verbose_name_plural = _("officers")

    def __str__(self):
        return f"{self.user} ({self.organization})"
