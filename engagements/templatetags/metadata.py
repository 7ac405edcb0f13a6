"""Template tags of a page's metadata: JSON-LD, Open Graph, links to feed, calendar and files."""

from django import template
from django.conf import settings
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from engagements.edition.selections import address_of
from engagements.pages.downloads import DOWNLOAD_FORMATS
from engagements.pages.linked_data import linked_data
from engagements.pages.urls import CALENDAR_PATHS, FEED_PATHS, FILE_PATHS

from .pages import squeeze

register = template.Library()

WITH_FEED = set(FEED_PATHS.values())
WITH_FILES = {f"{read.singular}-list": read for read in FILE_PATHS.values()}
WITH_CALENDAR = {FEED_PATHS[where] for where in CALENDAR_PATHS}


def _request_and_route(context):
    """The request and the name of its route, unless the page refused what was asked."""
    request = context.get("request")
    match = getattr(request, "resolver_match", None)
    return request, "" if match is None or context.get("is_wrong") else match.url_name


@register.simple_tag(takes_context=True)
def again(context, name):
    """What a block of this page says, once more: the title stands in <title> and in og:title."""
    block = context.render_context[BLOCK_CONTEXT_KEY].get_block(name)
    return mark_safe(squeeze(block.render(context)))  # noqa: S308  rendered, so escaped


@register.simple_tag(takes_context=True)
def follow(context):
    """Addresses that follow this page with its filters: an Atom feed, a calendar."""
    request, name = _request_and_route(context)
    return {
        "feed": name in WITH_FEED and address_of(f"{request.path}atom.xml", request.GET),
        "calendar": name in WITH_CALENDAR and address_of(f"{request.path}lich.ics", request.GET),
    }


@register.simple_tag(takes_context=True)
def files(context):
    """Addresses of this list as a file, with its filters: for spreadsheets, and in the API."""
    request, name = _request_and_route(context)
    if name not in WITH_FILES:
        return {}
    plural = reverse(f"api-{WITH_FILES[name].plural}-list")
    return {
        wanted: address_of(f"{request.path}du-lieu.{wanted}", request.GET)
        for wanted in DOWNLOAD_FORMATS
    } | {"json": address_of(plural, request.GET)}


@register.simple_tag(takes_context=True)
def json_ld(context):
    """Linked data of the page: a block of data, which no browser runs."""
    request, name = _request_and_route(context)
    text = linked_data(name, context, request.build_absolute_uri) if name else None
    if text is None:
        return ""
    data = mark_safe(text)  # noqa: S308  escaped_json() escapes what could end the element
    return format_html('<script type="application/ld+json">{}</script>', data)


@register.simple_tag
def og_locale():
    return {"vi": "vi_VN", "en": "en_GB"}[get_language()]


@register.simple_tag
def is_invented():
    """Whether this register holds invented data (make demo), which every page must say."""
    return settings.DEMO
