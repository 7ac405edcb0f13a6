"""Screen of weekly digests that were sent: to whom, for which week, when."""

from django.contrib import admin

from engagements.models import Digest

from .guarded import TechnicalAdmin


@admin.register(Digest)
class DigestAdmin(TechnicalAdmin):
    """Who was sent the weekly e-mail, and when."""

    list_display = ("user", "week", "sent_at")
    list_select_related = ("user",)
    list_filter = ("week",)
