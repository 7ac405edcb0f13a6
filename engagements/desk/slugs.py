"""Slugs of new rows: a form that makes one of the name where it was left empty, đ as d."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from provinces.vietnamese import slugify_vi


class SluggedForm(forms.ModelForm):
    """The address of a new row may be left empty: it is made of the name."""

    slug_from = "name"
    slug_help = _("Left empty, it is made of the name.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if slug := self.fields.get("slug"):  # read-only once the row exists
            slug.required = False
            slug.help_text = format_lazy("{} {}", self.slug_help, slug.help_text)

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        if "slug" in self.fields and "slug" not in self.errors and not cleaned.get("slug"):
            words = slugify_vi(self.slug_words(cleaned))
            cleaned["slug"] = free_slug(self._meta.model, words)
        return cleaned

    def slug_words(self, cleaned):
        return cleaned.get(self.slug_from) or ""


def free_slug(model, slug):
    """The slug, or with -2, -3… the first that no row has."""
    length = model._meta.get_field("slug").max_length - 5
    slug = free = slug[:length].strip("-")
    number = 1
    while slug and model.objects.filter(slug=free).exists():
        number += 1
        free = f"{slug}-{number}"
    return free
