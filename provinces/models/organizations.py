"""Organizations: ministries and their units, provincial authorities, enterprises, schools."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from provinces.vietnamese import FoldedField, Line, Prose, SortKeyField

from .constraints import not_empty, one_of
from .merging import MergeableQuerySet, merged_sequence, not_merged_into_itself
from .units import Province


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


class Organization(models.Model):
    """A ministry, a unit under it, a provincial authority, an enterprise, a school."""

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
    """An organization handing a field of its work to another, on a day, by a legal act."""

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
