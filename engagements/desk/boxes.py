"""Form fields, widgets and autocomplete boxes that every staff screen shares.

A box never asks the database for what cannot be a key: neither SQLite nor PostgreSQL asks itself.
"""

from django import forms
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import (
    AdminTextareaWidget,
    AutocompleteSelect,
    AutocompleteSelectMultiple,
)
from django.core.exceptions import ValidationError
from django.db import models

from provinces.vietnamese import Prose


def is_key(field, value):
    """Whether the value could be a key in that column, which neither database asks itself."""
    try:
        field.clean(unquote(str(value)), None)
    except ValidationError:
        return False
    return True


class _KeysOnly:
    """An autocomplete widget that does not look up what cannot be a key."""

    def optgroups(self, name, value, attrs=None):
        primary_key = self.field.remote_field.model._meta.pk
        keys = [key for key in value if is_key(primary_key, key)]
        return super().optgroups(name, keys, attrs)


class Box(_KeysOnly, AutocompleteSelect):
    """Autocomplete box of one row."""


class MultipleBox(_KeysOnly, AutocompleteSelectMultiple):
    """Emptied one by one: the sign that empties it whole stands in a list where none may."""

    def build_attrs(self, base_attrs, extra_attrs=None):
        return super().build_attrs(base_attrs, extra_attrs) | {"data-allow-clear": "false"}


class Choices(forms.ModelMultipleChoiceField):
    """Several rows; what cannot be a key is a wrong choice like any other."""

    def clean(self, value):
        for key in value or ():
            if not is_key(self.queryset.model._meta.pk, key):
                wrong = self.error_messages["invalid_pk_value"]
                raise ValidationError(wrong, code="invalid_pk_value", params={"pk": key})
        return super().clean(value)


def _selectable(db_field):
    """Rows that may be chosen: one that was merged away is none of them; None if all may be."""
    rows = db_field.remote_field.model._default_manager
    return rows.not_merged() if hasattr(rows, "not_merged") else None


class BoxedAdmin(BaseModelAdmin):
    """A form or an inline whose texts, foreign keys and lists have our fields and boxes."""

    formfield_overrides = {
        Prose: {"widget": AdminTextareaWidget(attrs={"rows": 3})},
        models.URLField: {"assume_scheme": "https"},
    }
    box, multiple_box = Box, MultipleBox

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = self.box(db_field, self.admin_site)
        if (rows := _selectable(db_field)) is not None:
            kwargs.setdefault("queryset", rows)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = self.multiple_box(db_field, self.admin_site)
        if (rows := _selectable(db_field)) is not None:
            kwargs.setdefault("queryset", rows)
        kwargs.setdefault("form_class", Choices)
        return super().formfield_for_manytomany(db_field, request, **kwargs)
