"""Screens of reference data: topics, and what indicators (indicators.py) share with them."""

from django.contrib import admin

from engagements.models import Indicator, Topic
from provinces.vietnamese import fold

from .guarded import GuardedAdmin
from .slugs import SluggedForm


class ControlledListAdmin(GuardedAdmin):
    form = SluggedForm
    is_short = True
    fixed = ("slug",)
    search_fields = ("name", "name_en", "slug")


@admin.register(Topic)
class TopicAdmin(ControlledListAdmin):
    list_display = ("name", "name_en", "slug")
    search_fields = (*ControlledListAdmin.search_fields, "aliases")
    fields = (("name", "name_en"), "slug", "aliases")


def indicators_named(words):
    """Indicators in whose name these folded words stand."""
    rows = Indicator.objects.values_list("pk", "name")
    return [pk for pk, name in rows if f" {words}" in f" {fold(name)}"]
