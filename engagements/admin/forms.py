"""The form of a record: nobody overwrites a colleague unseen, nothing is made twice."""

import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class _Unseen:
    """A hidden field that says something of the form itself: it never makes it a changed one."""

    widget = forms.HiddenInput

    def has_changed(self, initial, data):
        return False


class SeenVersion(_Unseen, forms.IntegerField):
    """The version that the person saw when the form was opened."""


class FormKey(_Unseen, forms.UUIDField):
    """Names the row that an add form will make, so that sending it twice makes one."""


class RecordForm(forms.ModelForm):
    """Refuses to save over what somebody else has changed since the form was opened."""

    version = SeenVersion(required=False)
    uid = FormKey(required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["version"].required = True
            self.initial["version"] = self.instance.version
        else:
            self.initial.setdefault("uid", uuid.uuid4())

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        if not self.instance.pk:
            self._take_key(cleaned.get("uid"))
        elif cleaned.get("version") not in (None, self.instance.version):
            raise ValidationError(
                _(
                    "%(who)s changed this at %(when)s, after you opened it. Nothing was saved: open"
                    " it again in another window and enter there what you still want to change."
                ),
                code="conflict",
                params={
                    "who": self.instance.updated_by or gettext("Somebody"),
                    "when": date_format(
                        timezone.localtime(self.instance.updated_at), "SHORT_DATETIME_FORMAT"
                    ),
                },
            )
        return cleaned

    def _take_key(self, key):
        if key is None:
            return
        made = self._meta.model.objects.filter(uid=key).first()
        if made:
            raise ValidationError(
                _("This form was sent already; it made “%(record)s”."),
                code="twice",
                params={"record": made},
            )
        self.instance.uid = key


def hidden_field(request, desk, obj):
    """The hidden field that the form needs: what was seen of a row, the key of a new one."""
    if obj is None:
        return ("uid",)
    return ("version",) if desk.has_change_permission(request, obj) else ()
