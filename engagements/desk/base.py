"""Base of every admin of the desk, screens and inlines: boxes of its forms, who may write."""

from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models

from provinces.vietnamese import Prose, WebAddress

from .boxes import Box, Choices, MultipleBox


def _selectable(db_field):
    """Rows that may be chosen: one that was merged away is none of them; None if all may be."""
    rows = db_field.remote_field.model._default_manager
    return rows.not_merged() if hasattr(rows, "not_merged") else None


class DeskAdmin(BaseModelAdmin):
    """What a screen and an inline share: our boxes, one answer to whether rows may be written."""

    formfield_overrides = {
        Prose: {"widget": AdminTextareaWidget(attrs={"rows": 3})},
        models.URLField: {"assume_scheme": "https", "form_class": WebAddress},
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

    def may_write(self, request, obj=None):
        """Whether the row (of an inline: its parent) is written here at all, whoever asks may."""
        return True

    def has_add_permission(self, request, *parent):
        return self.may_write(request, *parent) and super().has_add_permission(request, *parent)

    def has_change_permission(self, request, obj=None):
        return self.may_write(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return self.may_write(request, obj) and super().has_delete_permission(request, obj)
