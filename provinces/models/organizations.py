"""Organizations: ministries and their units, provincial authorities, enterprises, schools."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from provinces.vietnamese import FoldedField, Line, Prose, SortKeyField

from .constraints import CheckedAtOnce, not_empty, one_of
from .merging import MergeableQuerySet, merged_sequence, not_merged_into_itself
from .units import Province


class OrganizationKind(models.TextChoices):
    MINISTRY = "ministry", _("Ministry or ministerial-level agency")
    MINISTRY_UNIT = "ministry_unit", _("Unit of a ministry")
    PARTY_COMMITTEE = "party_committee", _("Provincial Party committee")
    PEOPLES_COUNCIL = "peoples_council", _("People's Council")
    PEOPLES_COMMITTEE = "peoples_committee", _("People's Committee")
    PROVINCIAL_DEPARTMENT = "provincial_department", _("Provincial department")
    ENTERPRISE = "enterprise", _("Enterprise")
    SCHOOL = "school", _("School or academy")
    STATE_BODY = "state_body", _("State or Party body")
    OTHER = "other", _("Other")


# What of the reference data (fixtures/organizations.yaml) the public always reads of.
REFERENCE_KINDS = (OrganizationKind.MINISTRY, OrganizationKind.PEOPLES_COMMITTEE)


KIND_STAYS = _(
    "Of the reference data are ministries and People's Committees alone: its kind stays."
)
COMMITTEE_IS_THERE = _("This province has its People's Committee already.")


class OrganizationQuerySet(MergeableQuerySet):
    def reference(self):
        """Ministries and People's Committees of the reference data, or the rows they went into."""
        merged = self.model.objects.filter(is_reference=True).exclude(merged_into=None)
        own = Q(is_reference=True, merged_into=None)
        return self.filter(own | Q(pk__in=merged.values("merged_into")))

    def known_before_their_merge(self):
        """Those of the reference data too: the public has always read of them."""
        merged = self.exclude(merged_into=None)
        named = super().known_before_their_merge().values("pk")
        return merged.filter(Q(is_reference=True) | Q(pk__in=named))

    def committee_of(self, province):
        """The People's Committee of a unit, if the reference data have it."""
        rows = self.filter(province=province, kind=OrganizationKind.PEOPLES_COMMITTEE)
        return rows.filter(is_reference=True, merged_into=None).first()


class Organization(CheckedAtOnce):
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
    established_on = models.DateField(
        _("established on"),
        null=True,
        blank=True,
        help_text=_("Empty: long ago, or not known. Published."),
    )
    ceased_on = models.DateField(
        _("ceased on"), null=True, blank=True, help_text=_("The first day it is gone. Published.")
    )
    aliases = Prose(_("other names"), blank=True, help_text=_("One a line, for search. Published."))
    note = Prose(_("note"), blank=True, help_text=_("Published."))
    # Set by the loader alone; what staff enter is public when a published record names it.
    is_reference = models.BooleanField(
        _("of the reference data"),
        default=False,
        editable=False,
        help_text=_("The public reads of it though no record names it. Never published."),
    )
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

    objects = OrganizationQuerySet.as_manager()

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
            models.CheckConstraint(
                name="provinces_organization_ceased_after_established",
                condition=Q(established_on=None)
                | Q(ceased_on=None)
                | Q(ceased_on__gt=F("established_on")),
                violation_error_message=_("A body ceases after it is established."),
            ),
            models.CheckConstraint(
                name="provinces_organization_reference_of_these_kinds",
                condition=Q(is_reference=False) | Q(kind__in=REFERENCE_KINDS),
                violation_error_message=KIND_STAYS,
            ),
            models.UniqueConstraint(
                name="provinces_organization_one_committee_of_a_province",
                fields=["province"],
                condition=Q(
                    is_reference=True,
                    kind=OrganizationKind.PEOPLES_COMMITTEE,
                    merged_into=None,
                ),
                violation_error_message=COMMITTEE_IS_THERE,
            ),
            not_merged_into_itself(),
        ]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.slug,)

    def clean(self):
        """Constraints with a column that no form shows, which a form therefore leaves out."""
        super().clean()
        if not self.is_reference:
            return
        if self.kind not in REFERENCE_KINDS:
            raise ValidationError({"kind": KIND_STAYS})
        is_committee = self.kind == OrganizationKind.PEOPLES_COMMITTEE and self.province_id
        committee = is_committee and type(self).objects.committee_of(self.province_id)
        if committee and committee != self:
            raise ValidationError({"province": COMMITTEE_IS_THERE})


class OrganizationSuccession(CheckedAtOnce):
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
    is_principal = models.BooleanField(
        _("takes over the rest"),
        default=False,
        help_text=_("Whatever no other succession of the predecessor names went there. Published."),
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
            models.UniqueConstraint(
                name="provinces_organizationsuccession_one_principal",
                fields=["predecessor"],
                condition=Q(is_principal=True),
                violation_error_message=_("Another body took over the rest already."),
            ),
        ]

    def __str__(self):
        return f"{self.predecessor} → {self.successor}"
