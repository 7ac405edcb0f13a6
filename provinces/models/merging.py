"""Rows merged into another: columns, constraint and QuerySet of organizations and officials."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .slugs import SlugQuerySet


def not_merged_into_itself():
    return models.CheckConstraint(
        name="%(app_label)s_%(class)s_merged_into_another",
        condition=Q(merged_into=None) | ~Q(merged_into=F("id")),
        violation_error_message=_("A row is not merged into itself."),
    )


def merged_sequence():
    """The column given when a row that the public knew is merged; clients learn of it there."""
    return models.BigIntegerField(
        _("sequence of the merge"),
        null=True,
        editable=False,
        help_text=_("The last edition issued again because of it. Published."),
    )


class MergeableQuerySet(SlugQuerySet):
    def not_merged(self):
        """Without the rows that another one stands for since they were merged."""
        return self.filter(merged_into=None)

    def formerly(self, slug):
        """Also the row into which the one of that address was merged, if the public knew it."""
        row = self.filter(slug=slug).exclude(merged_into=None).first() or super().formerly(slug)
        if row is None or row.merged_into_id is None:
            return row
        return resolve_merge(row) if self.known_before_their_merge().contains(row) else None

    def known_before_their_merge(self):
        """Merged rows that something named which the public may still read."""
        merged = self.exclude(merged_into=None)
        return merged.filter(
            edition_links__isnull=False, edition_links__edition__withdrawn_at=None
        ).distinct()


def resolve_merge(row):
    """The row that stands for an official or an organization: itself, unless it was merged."""
    while row is not None and row.merged_into_id is not None:
        row = row.merged_into
    return row
