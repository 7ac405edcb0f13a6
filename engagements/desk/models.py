"""Weekly digests sent to staff by e-mail. The public never reads them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Digest(models.Model):
    """The weekly e-mail to one of the staff: that it was sent, so that it is sent once."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="digests",
        verbose_name=_("account"),
        help_text=_("Never published."),
    )
    week = models.DateField(_("week"), help_text=_("Its Monday. Never published."))
    sent_at = models.DateTimeField(
        _("sent at"),
        null=True,
        blank=True,
        help_text=_("Empty: a run took it and was cut off before the mail left. Never published."),
    )

    class Meta:
        ordering = ["-week", "user"]
        verbose_name = _("weekly digest")
        verbose_name_plural = _("weekly digests")
        constraints = [
            models.UniqueConstraint(
                name="engagements_digest_once",
                fields=["user", "week"],
                violation_error_message=_("This week's digest was sent already."),
            ),
        ]

    def __str__(self):
        return f"{self.user}, {self.week:%d/%m/%Y}"
