"""Working at the staff's desk as a browser does: open a form, change something, send it whole."""

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.urls import reverse

from tests.factories import make_organization, make_province, make_source


def address(model, page="changelist", *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def posted(response):
    """What the browser sends when the form that it was shown is saved untouched."""
    sent = {}
    forms = [response.context["adminform"].form]
    for inline in response.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    for form in forms:
        for field in form:
            sent |= _boxes(getattr(field.field.widget, "widget", field.field.widget), field)
    return sent


def _boxes(box, field):
    value = field.value()
    if getattr(box, "input_type", "") == "checkbox":
        return {field.html_name: "on"} if value else {}
    if hasattr(box, "decompress"):
        parts = zip(box.widgets_names, box.widgets, box.decompress(value), strict=True)
        return {
            f"{field.html_name}{name}": one.format_value(part) or "" for name, one, part in parts
        }
    value = box.format_value(value)
    if isinstance(value, list) and not getattr(box, "allow_multiple_selected", False):
        value = value[0] if value else ""
    if isinstance(value, str):
        value = value.replace("\n", "\r\n")
    return {field.html_name: "" if value is None else value}


def opened(client, record):
    """The change form of a record as it is shown, ready to be sent."""
    return posted(client.get(address(type(record), "change", record.pk)))


def send(client, record, sent):
    return client.post(address(type(record), "change", record.pk), sent)


def save(client, record, **changes):
    """Opens the record's form, makes these changes and sends it."""
    return send(client, record, opened(client, record) | changes)


def add(client, model, **given):
    page = address(model, "add")
    return client.post(page, posted(client.get(page)) | given)


def new_row(sent, prefix, **given):
    """The form with one more row in an inline."""
    number = int(sent[f"{prefix}-TOTAL_FORMS"])
    rows = {f"{prefix}-{number}-{name}": value for name, value in given.items()}
    return sent | rows | {f"{prefix}-TOTAL_FORMS": number + 1}


def act(client, action, *records, **given):
    """Chooses records in their list and carries out an action; a page that asks is told yes."""
    sent = {"action": action, ACTION_CHECKBOX_NAME: [record.pk for record in records]} | given
    page = address(type(records[0]))
    response = client.post(page, sent, follow=True)
    if "seen" in (response.context or {}):
        sent |= {"confirmed": "yes", "seen": response.context["seen"]}
        response = client.post(page, sent, follow=True)
    return response


def said(response):
    """What the page told the person."""
    return [str(message) for message in response.context["messages"]]


def new_session(**given):
    """What is typed at the top of a new session's form."""
    given = {"title": "Làm việc với tỉnh", "held_on": "29/02/2024"} | given
    for name, make in (
        ("ministry", make_organization),
        ("provinces", make_province),
        ("source", make_source),
    ):
        if name not in given:
            given[name] = make().pk
    return given


def rows_back(response, prefix):
    """The rows of a form that came back."""
    found = response.context["inline_admin_formsets"]
    return next(one.formset for one in found if one.formset.prefix == prefix).forms
