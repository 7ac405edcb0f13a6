"""Screens of officials and the posts that they hold.

A name of theirs stands in editions: a change of it issues again what the public reads.
"""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from engagements import roles
from provinces.models import Official, Post

from .filters import WorryFilter
from .forms import PlacedForm
from .lists import UsedRelationFilter
from .merging import MergeableAdmin
from .rows import TableInline
from .ruled import RuledAdmin, sent_by
from .slugs import SluggedForm


class OfficialForm(SluggedForm):
    slug_from = "full_name"


class PostInline(TableInline):
    """The posts of a person: read with the name, and changed by those who may change that."""

    model = Post
    autocomplete_fields = ("organization",)

    def may_write(self, request, obj=None):
        return obj is None or roles.may_change(request.user, obj)


@admin.register(Official)
class OfficialAdmin(MergeableAdmin):
    form = OfficialForm
    fixed = ("slug",)
    borne = ("full_name",)
    list_display = ("full_name", "slug", "posts_held", "note")
    list_filter = (WorryFilter,)
    inlines = (PostInline,)
    compared = ("full_name", "slug", "note")
    fields = ("full_name", "slug", "note")

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("posts__organization")

    @admin.display(description=_("posts"))
    def posts_held(self, official):
        return "; ".join(f"{post.title}, {post.organization}" for post in official.posts.all())


class PostForm(PlacedForm, forms.ModelForm):
    """A post stands where its official does."""


@admin.register(Post)
class PostAdmin(RuledAdmin):
    form = PostForm
    list_display = ("official", "title", "organization", "starts_on", "ends_on", "proof")
    list_select_related = ("official", "organization")
    list_filter = (("organization", UsedRelationFilter),)
    search_fields = ("official__search", "organization__search")
    autocomplete_fields = ("official", "organization")

    def get_form(self, request, obj=None, change=False, **kwargs):
        return sent_by(request.user, super().get_form(request, obj, change, **kwargs))
