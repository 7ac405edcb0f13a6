"""Autocomplete boxes and keys: the form fields and widgets that every staff screen shares.

A box never asks the database for what cannot be a key: neither SQLite nor PostgreSQL asks itself.
"""

from django import forms
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import (
    AutocompleteSelect,
    AutocompleteSelectMultiple,
)
from django.core.exceptions import ValidationError


def is_key(field, value):
    """Whether the value could be a key in that column, which neither database asks itself."""
    try:
        field.clean(unquote(str(value)), None)
    except ValidationError:
        return False
    return True


class _KeysOnly:
    """An autocomplete widget that does not look up what cannot be a key.

    It holds what is chosen and no empty option, as a `required` select must have: the server asks.
    """

    def build_attrs(self, base_attrs, extra_attrs=None):
        attrs = super().build_attrs(base_attrs, extra_attrs)
        attrs.pop("required", None)
        return attrs

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        if value == "":  # an option shows some words; Select2 shows its placeholder there
            option["attrs"]["label"] = "—"
        return option

    def optgroups(self, name, value, attrs=None):
        primary_key = self.field.remote_field.model._meta.pk
        keys = [key for key in value if is_key(primary_key, key)]
        return super().optgroups(name, keys, attrs)


class Hidden(forms.HiddenInput):
    """What a form carries along unseen: the label that a page writes by rote names no box."""

    def id_for_label(self, id_):
        return ""


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
