"""Template tags and filters of pages: labels, days, numbers, addresses. No rule of the field."""

import re
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import urlencode

from django import template
from django.template.base import TextNode
from django.urls import reverse, translate_url
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from engagements import words
from engagements.deadlines import tells_day
from engagements.edition import licence as licence_of_data
from engagements.edition.models import Edition
from provinces.models import ProvinceKind

register = template.Library()


@register.simple_tag
def vi():
    """The attribute that marks the register's Vietnamese text on a page in another language."""
    return "" if get_language() == "vi" else mark_safe(' lang="vi"')


@register.simple_tag
def licence():
    """Name, title and address of the licence of the data."""
    return {
        "name": licence_of_data.NAME,
        "title": licence_of_data.TITLE,
        "url": licence_of_data.URL,
    }


@register.filter
def day(value):
    """A day, from a date or from the text of a payload, as a <time> element."""
    if not value:
        return ""
    value = as_date(value)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), date_format(value))


def as_date(value):
    return date.fromisoformat(value) if isinstance(value, str) else value


@register.filter
def tells(text, day):
    """Whether words have a day in full, so that it need not stand beside them once more."""
    return bool(text and day) and tells_day(text, as_date(day))


@register.filter
def moment(value):
    """An instant in local time, to the minute, as a <time> element."""
    if not value:
        return ""
    value = datetime.fromisoformat(value) if isinstance(value, str) else value
    local = timezone.localtime(value)
    text = date_format(local, "DATETIME_FORMAT")
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), text)


@register.filter
def decimal(value):
    """A figure as the page's language writes it: 78.500 and 8,56 in Vietnamese."""
    return number_format(Decimal(value), use_l10n=True, force_grouping=True)


@register.filter
def label(value, name):
    """The word on screen for a code of one of the closed lists: `side|label:"Side"`."""
    choices = getattr(words, name)
    return choices(value).label if value in choices.values else value


@register.filter
def href(path):
    """The address of a record in the language of the page, from the path that payloads hold."""
    return reverse("home").rstrip("/") + path


@register.filter
def among(key, mapping):
    """What a mapping holds under the key; nothing if it does not hold it."""
    return mapping.get(key) if mapping else None


@register.filter
def named(province):
    """The full name of a unit: “Tỉnh Ninh Bình”, “Ninh Bình Province”."""
    if province.kind == ProvinceKind.CITY:
        return _("%(name)s City") % {"name": province.name}
    return _("%(name)s Province") % {"name": province.name}


@register.inclusion_tag("engagements/_place.html", takes_context=True)
def place(context, province_id):
    """Where a record belongs: the unit of that day, and today's, of which a split left several."""
    atlas = context["atlas"]
    unit = atlas.units[province_id]
    heirs = atlas.heirs(unit)
    own = context.get("province")
    return {
        "unit": unit,
        "heirs": heirs,
        "is_past": not unit.is_living(),
        "is_here": own is not None and own in (unit, *heirs),
        "is_own": own is not None and own == unit,
    }


@register.filter
def successors(unit, atlas):
    """The other units that carry this one on today."""
    return atlas.successors(unit)


@register.simple_block_tag(takes_context=True)
def fact(context, content, term, css="", is_vietnamese=False):
    """A row of a list of facts (`<dl class="sum">`): its term, and the block as what is known."""
    row = {"term": term, "content": content, "css": css, "is_vietnamese": is_vietnamese}
    return context.template.engine.get_template("_fact.html").render(template.Context(row))


class OneLine(template.Node):
    """A block whose line breaks are gone from the template; what it renders is left as it is."""

    def __init__(self, nodelist):
        self.nodelist = nodelist
        for text in nodelist.get_nodes_by_type(TextNode):
            text.s = re.sub(r"\s*\n\s*", "", text.s)

    def render(self, context):
        return self.nodelist.render(context)


@register.tag
def oneline(parser, _token):
    """Whitespace control: a line break of the template, with its indentation, is no space.

    So `A, B.` can be written over many lines where no space may stand before the comma. A space
    at the beginning of a line is written `{{ " " }}`; an HTML tag stands on a line of its own.
    Nor is the line break that ends a template after it.
    """
    nodelist = parser.parse(["endoneline"])
    parser.delete_first_token()
    if [token.contents.strip() for token in parser.tokens] == [""]:  # what is left of the file
        parser.delete_first_token()
    return OneLine(nodelist)


@register.filter(is_safe=True)
def squeeze(value):
    """Each run of whitespace as one space, none at the ends: for titles and attributes."""
    return " ".join(value.split())


@register.simple_tag
def latest_edition():
    """Number and instant of the register's last act; None while nothing is published."""
    return Edition.objects.last_act()


@register.simple_tag(takes_context=True)
def current(context, section):
    """aria-current of a link of the main navigation."""
    match = getattr(context.get("request"), "resolver_match", None)
    name = match and match.url_name
    if name == f"{section}-list":
        return mark_safe(' aria-current="page"')
    return mark_safe(' aria-current="true"') if name == section else ""


@register.simple_tag(takes_context=True)
def in_language(context, code):
    """The same page in another language, with its filters; the home page if there is none."""
    request = context["request"]
    here = request.get_full_path()
    there = translate_url(here, code)
    if there != here or code == get_language():
        return there
    with override(code):
        return reverse("home")


@register.simple_tag(takes_context=True)
def address(context, code=None):
    """The page's absolute address (in a language) without filters; a list keeps its page number."""
    request = context["request"]
    path = translate_url(request.path, code) if code else request.path
    page = context.get("page_obj")
    query = f"?{urlencode({'page': page.number})}" if page and page.number > 1 else ""
    return request.build_absolute_uri(path) + query
