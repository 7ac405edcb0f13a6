"""Filter forms as pages show them, and the active filters in words."""

from urllib.parse import urlencode

from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext as _

from provinces.models import OrganizationKind

# Boxes in the order in which a page shows them: a filter that is not named stands in between.
FIRST = (
    "q", "kind", "province", "lineage", "topic", "status", "answer", "strength", "type", "deadline",
    "ministry", "lead",
)  # fmt: skip
SEVERAL = ("status", "answer")  # any of those that are ticked
LAST = ("year", "from", "to")
RARELY_ASKED = ("meeting", "official", "updated_since", "as_of")  # no box until an address asks


def made_for_pages(form, topics):
    """The form of a filter, dressed for people: boxes to tick, “any” said in words."""
    for name, field in form.fields.items():
        if name in SEVERAL:
            field.widget = CheckboxSelectMultiple(choices=field.choices)
        elif hasattr(field, "queryset"):
            if name == "ministry":  # any organization is accepted; ministries alone are offered
                field.queryset = field.queryset.filter(kind=OrganizationKind.MINISTRY)
            field.empty_label = _("Any")
        elif hasattr(field, "choices"):
            codes = [(code, label) for code, label in field.choices if code != ""]
            field.widget.choices = codes if name == "lineage" else [("", _("Any")), *codes]
        if name == "topic":
            field.label_from_instance = lambda topic: topics[topic.slug]
    return form


def form_fields(form):
    """The fields to show: all but those rarely asked, unless the visitor's address asks them."""
    others = [name for name in form.fields if name not in (*FIRST, *LAST)]
    new = [name for name in others if name not in RARELY_ASKED]
    asked = [name for name in others if name in RARELY_ASKED and form[name].value()]
    return [form[name] for name in (*FIRST, *new, *LAST, *asked) if name in form.fields]


def active_filters(form, query):
    """What is asked for, in words, each with the address that asks all but that."""
    active = []
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name) if form.is_bound else None
        if value in (None, "", []) or (name, value) == ("lineage", "true"):
            continue
        if hasattr(field, "queryset"):
            words = field.label_from_instance(value)
        elif hasattr(field, "choices"):
            labels = {str(code): label for code, label in field.choices}
            values = value if isinstance(value, list) else [value]
            words = ", ".join(str(labels[str(code)]) for code in values)
        else:
            words = value
        rest = {key: values for key, values in query.lists() if key not in (name, "page")}
        rest = {key: values for key, values in rest.items() if any(values)}
        active.append(
            {"label": field.label, "value": words, "without": urlencode(rest, doseq=True)}
        )
    return active


def without_empty(request, fields):
    """The address without the fields that a form sent empty, or None if it is clean."""
    empty = [name for name in request.GET if name in fields and not any(request.GET.getlist(name))]
    half = [name for name in request.GET if name in fields and "" in request.GET.getlist(name)]
    if not (empty or half):
        return None
    rest = request.GET.copy()
    for name in {*empty, *half}:
        rest.setlist(name, [value for value in rest.getlist(name) if value])
    query = rest.urlencode()
    return f"{request.path}?{query}" if query else request.path
