"""Imported workbooks. The public never reads them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from provinces.vietnamese import Line


class Workbook(models.Model):
    """A workbook from which rows were imported: the file itself, who sent it, what it did."""

    key = models.UUIDField(
        unique=True,
        editable=False,
        help_text=_("Names the import: a form sent twice bears it twice. Never published."),
    )
    kind = models.CharField(_("table"), max_length=40, help_text=_("Never published."))
    name = Line(_("file name"), max_length=200, help_text=_("Never published."))
    sha256 = models.CharField(_("SHA-256"), max_length=64, help_text=_("Never published."))
    file = models.FileField(_("file"), upload_to="workbooks/%Y/", help_text=_("Never published."))
    rows_new = models.PositiveIntegerField(_("new"), help_text=_("Never published."))
    rows_changed = models.PositiveIntegerField(_("changed"), help_text=_("Never published."))
    rows_unchanged = models.PositiveIntegerField(_("unchanged"), help_text=_("Never published."))
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("imported by"),
        help_text=_("Never published."),
    )
    imported_at = models.DateTimeField(_("imported at"), help_text=_("Never published."))

    class Meta:
        ordering = ["-imported_at", "-pk"]
        verbose_name = _("imported workbook")
        verbose_name_plural = _("imported workbooks")

    def __str__(self):
        return self.name
