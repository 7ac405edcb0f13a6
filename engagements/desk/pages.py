"""Pages of the desk beside lists and forms: declared by a screen, given URL, guard and dress here.

A screen (a ModelAdmin) says `pages = (Page(…), …)`; `urls_of` makes the URLs of them all. A view is
a function of the screen, the request, and the record if the URL names one: who may not open the
page, or asks for a record that is not there, never reaches it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django import forms
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, path, reverse
from django.views.decorators.http import require_http_methods

from .boxes import is_key

READ = ("GET", "HEAD")
SEND = (*READ, "POST")
# What the boxes of a form need, in the order in which they need it.
MEDIA = forms.Media(
    js=(
        "admin/js/vendor/jquery/jquery.js",
        "admin/js/jquery.init.js",
        "admin/js/core.js",
        "admin/js/admin/RelatedObjectLookups.js",
        "labels.js",
    )
)


@dataclass(frozen=True)
class Page:
    """A page of a table, or with `<path:object_id>` in its path one of each of its records."""

    path: str
    view: Callable  # (screen, request, record, …), or (screen, request, …) without a record
    name: str  # of the URL, after app and model
    permission: str = "view"  # asked as has_<permission>_permission of the screen
    methods: tuple = SEND


def urls_of(screen):
    """URL patterns of the pages that the screen declares."""
    table = f"{screen.opts.app_label}_{screen.opts.model_name}"
    return [
        path(
            page.path,
            screen.admin_site.admin_view(_guarded(screen, page)),
            name=f"{table}_{page.name}",
        )
        for page in screen.pages
    ]


def _guarded(screen, page):
    """The view behind its methods and its permission, with the record in place of its key."""

    @require_http_methods(page.methods)
    @wraps(page.view)
    def view(request, object_id=None, **kwargs):
        if object_id is not None:
            record = record_or_404(screen, request, object_id, page.permission)
            return page.view(screen, request, record, **kwargs)
        if not is_allowed(screen, request, page.permission):
            raise PermissionDenied
        return page.view(screen, request, **kwargs)

    return view


def record_or_404(screen, request, object_id, permission):
    """The record with that key: 404 where there is none, 403 for who may not do that to it."""
    if not is_key(screen.opts.pk, object_id):
        raise Http404
    record = screen.get_object(request, unquote(object_id))
    if record is None:
        raise Http404
    if not is_allowed(screen, request, permission, record):
        raise PermissionDenied
    return record


def is_allowed(screen, request, permission, *record):
    """The answer of the screen's has_<permission>_permission."""
    return getattr(screen, f"has_{permission}_permission")(request, *record)


# -- addresses


def page_of(row, page="change"):
    """URL of a page of that row: of its form, if no other is named."""
    return page_of_table(row, page, row.pk)


def page_of_table(model, page="changelist", *args):
    """URL of a page of that table: of its list, if no other is named."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def form_of(row):
    """URL of the row's form; None where it has none."""
    try:
        return page_of(row)
    except NoReverseMatch:
        return None


# -- dress


def desk_page(screen, request, template, *, status=200, media=None, **context):
    """A page of the desk in the dress of its forms. Like all of the desk it is never cached."""
    request.current_app = screen.admin_site.name
    context = {
        **screen.admin_site.each_context(request),
        "opts": screen.opts,
        "media": MEDIA if media is None else MEDIA + media,
        **context,
    }
    return TemplateResponse(request, template, context, status=status)


def asks_first(template, *, title, submit="", form=None, context=None):
    """Decorator of a list's action or of a page's view: asks first, does it when that is confirmed.

    `context` tells what the asking page shows besides of what it is done to. A `form` has to be
    valid, and is handed on.
    """

    def decorate(do):
        @wraps(do)
        def asked(screen, request, target):
            is_confirmed = _is_confirmed(request)
            sent = form(request.POST if is_confirmed else None) if form else None
            if is_confirmed and (sent is None or sent.is_valid()):
                return do(screen, request, target, *([sent] if form else ()))
            given = {"title": title, "submit": submit, "form": sent}
            if "action" in request.POST:
                given |= {
                    "action": do.__name__,
                    "records": target.order_by("pk"),
                    "action_checkbox_name": ACTION_CHECKBOX_NAME,
                }
            given |= context(target) if context else {}
            return desk_page(screen, request, template, **given)

        return asked

    return decorate


def _is_confirmed(request):
    """An action is sent by its list, then by the page that asks; a page is opened first."""
    return request.method == "POST" and (
        "confirmed" in request.POST or "action" not in request.POST
    )
