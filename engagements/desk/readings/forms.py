"""Forms of one proposal, by its kind: what a person changes of it before it is accepted."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from engagements.lookups import Indicators
from engagements.models import Indicator, Source
from engagements.words import MadeBy, ProposalKind, RemarkKind, Role, Side, Strength
from provinces.models import Organization, Province
from provinces.vietnamese import NormalText, WebAddress


def _text(label, most, **options):
    return NormalText(label=label, max_length=most, **options)


def _choice(label, choices, **options):
    return forms.ChoiceField(label=label, choices=choices.choices, **options)


class ProposalForm(forms.Form):
    """Base of the forms by kind; the cleaned values are what the payload keeps."""

    def __init__(self, *args, provinces=(), **kwargs):
        super().__init__(*args, **kwargs)
        if "province" in self.fields:
            units = Province.objects.filter(slug__in=provinces)
            choices = [(unit.slug, str(unit)) for unit in units]
            self.fields["province"].choices = [("", "—"), *choices]
        if "indicator" in self.fields:
            rows = [(indicator.slug, str(indicator)) for indicator in Indicator.objects.all()]
            self.fields["indicator"].choices = [("", "—"), *rows]
        if "slug" in self.fields:
            self.fields["slug"].choices = self._bodies()

    def _bodies(self):
        rows = Organization.objects.not_merged().filter(kind="ministry")
        return [("", "—"), *rows.values_list("slug", "name")]

    def values(self):
        """As JSON keeps them."""
        return {
            name: value.isoformat()
            if hasattr(value, "isoformat")
            else str(value)
            if value is not None and not isinstance(value, bool)
            else value
            for name, value in self.cleaned_data.items()
        }


class ItemForm(ProposalForm):
    title = _text(_("title, in the register's words"), 200)
    province = forms.ChoiceField(label=_("province"))
    due_text = _text(_("deadline, as phrased"), 120, required=False)
    lead_text = _text(_("who leads, as named"), 200, required=False)
    said_by = _text(_("said by"), 200, required=False)


class CommitmentForm(ItemForm):
    strength = _choice(_("strength"), Strength)
    made_by = _choice(_("who owes it"), MadeBy)


class RemarkForm(ProposalForm):
    title = NormalText(label=_("text, in the register's words"), widget=forms.Textarea({"rows": 2}))
    kind = _choice(_("kind"), RemarkKind)
    province = forms.ChoiceField(label=_("province"))


class FigureForm(ProposalForm):
    indicator = forms.ChoiceField(label=_("indicator"), required=False)
    new_indicator = _text(_("or a new one, to be proposed"), 200, required=False)
    value = forms.DecimalField(label=_("value"), max_digits=20, decimal_places=4, localize=True)
    qualifier = _text(_("qualifier"), 40, required=False)
    unit = _text(_("unit"), 40, required=False)
    period = _text(_("period"), 60, required=False)
    is_target = forms.BooleanField(label=_("a target"), required=False)
    province = forms.ChoiceField(label=_("province"))

    def clean(self):
        """One of the register's, by the box or by its name, or a new one."""
        cleaned = super().clean()
        name = cleaned.get("new_indicator")
        if name and (known := Indicators().named(name)):
            cleaned["indicator"], cleaned["new_indicator"] = known.slug, ""
        elif cleaned.get("indicator"):
            cleaned["new_indicator"] = ""
        elif not name and "indicator" not in self.errors:
            self.add_error("indicator", self.fields["indicator"].error_messages["required"])
        return cleaned


class AttendanceForm(ProposalForm):
    name = _text(_("name"), 120)
    title = _text(_("title of that day"), 300, required=False)
    side = _choice(_("side"), Side)
    role = _choice(_("role"), Role)


class MinistryForm(ProposalForm):
    slug = forms.ChoiceField(label=_("ministry"))


class ProvinceForm(MinistryForm):
    slug = forms.ChoiceField(label=_("province"))

    def _bodies(self):
        return [("", "—"), *((unit.slug, unit.full_name) for unit in Province.objects.all())]


class DayForm(ProposalForm):
    held_on = forms.DateField(label=_("held on"), localize=True)


class PlaceForm(ProposalForm):
    place = _text(_("place"), 200)


FORMS = {
    ProposalKind.REQUEST: ItemForm,
    ProposalKind.COMMITMENT: CommitmentForm,
    ProposalKind.RECOMMENDATION: ItemForm,
    ProposalKind.REMARK: RemarkForm,
    ProposalKind.FIGURE: FigureForm,
    ProposalKind.ATTENDANCE: AttendanceForm,
    "ministry": MinistryForm,
    "province": ProvinceForm,
    "held_on": DayForm,
    "place": PlaceForm,
}


def form_of(proposal, provinces, data=None):
    """The form of a proposal, filled with what it says now."""
    kind, payload = proposal.told("kind"), proposal.told("payload")
    form_class = FORMS[payload["field"] if kind == ProposalKind.MEETING else kind]
    initial = {"title": proposal.told("quote")} if kind != ProposalKind.ATTENDANCE else {}
    return form_class(
        data,
        prefix=f"change-{proposal.pk}",
        initial=initial | {name: value for name, value in payload.items() if value is not None},
        provinces=provinces,
    )


# -- the paper itself


class AboutForm(forms.ModelForm):
    """What the source will say of itself when it is saved with the session."""

    url = WebAddress(label=_("web address"), required=False, max_length=500, assume_scheme="https")

    class Meta:
        model = Source
        fields = ("title", "type", "rank", "publisher", "number", "issued_on", "url")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label, field.help_text = capfirst(field.label), ""

    def values(self):
        """As JSON keeps them."""
        return {
            name: value.isoformat() if hasattr(value, "isoformat") else value
            for name, value in self.cleaned_data.items()
            if value not in (None, "")
        }
