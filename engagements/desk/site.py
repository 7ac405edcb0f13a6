"""Admin site of the desk: what is sent after the login has lapsed, or to a busy register, is kept.

What was typed goes with the login page, signed for that browser, and comes back after logging in:
filled, unsaved. While others write for longer than we wait, a form is shown again as it was sent;
any other step is asked for again. Files cannot be kept.
"""

from collections import ChainMap
from functools import update_wrapper

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.messages.storage import default_storage
from django.core import signing
from django.db import Error
from django.http import HttpResponseNotAllowed, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext_lazy

from engagements.outages import ask_again, is_unavailable, sent_fields

HELD = "held"  # the field of the login form, and the key in the session
METHODS = ("GET", "HEAD", "POST")
# Ends of the names of the addresses that show a form, and show it again as it was sent.
FORMS = ("_add", "_change", "_read_letter", "_results")


class DeskSite(admin.AdminSite):
    """The admin site of the staff, which takes our screens alone: none of Django's own."""

    site_header = site_title = "Sát Cánh"
    index_title = gettext_lazy("The staff's desk")
    enable_nav_sidebar = False  # a list of nine columns needs the room

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._first = []

    def register(self, model_or_iterable, admin_class=None, **options):
        if admin_class is not None and not admin_class.__module__.startswith("django."):
            super().register(model_or_iterable, admin_class, **options)

    def show_first(self, give):
        """What this function of a request gives stands on the desk's first page."""
        self._first.append(give)

    def index(self, request, extra_context=None):
        given = [give(request) for give in self._first]
        return super().index(request, dict(ChainMap(extra_context or {}, *given)))

    def admin_view(self, view, cacheable=False):
        guarded = super().admin_view(view, cacheable)

        def kept(request, *args, **kwargs):
            if request.method not in METHODS:
                return HttpResponseNotAllowed(METHODS)
            is_sent = request.method == "POST"
            try:
                if is_sent and not self.has_permission(request) and _is_form(request):
                    return self.login_with(request, _hold(request))
                return guarded(request, *args, **kwargs)
            except Error as error:
                if not is_sent or not is_unavailable(error):
                    raise
                return self.busy(request, guarded, *args, **kwargs)

        return update_wrapper(kept, guarded)

    def busy(self, request, view, *args, **kwargs):
        """Nothing came of what was sent: it is shown again, to be sent once more.

        Where the database cannot tell either who asks, config/errors.py gives it back.
        """
        request._messages = default_storage(request)  # what the first attempt said is not true
        name = request.resolver_match.url_name or ""
        if name.endswith(FORMS) and "password" not in name:
            lines = [
                _("Nothing was saved: others are writing to the register. Save again in a moment.")
            ]
            if request.FILES:
                lines.append(_("Files cannot be kept. Choose them again."))
            for line in lines:
                messages.error(request, line)
            request.is_shown_again = True
            response = view(request, *args, **kwargs)
        else:
            fields = sent_fields(request)
            context = {
                **self.each_context(request),
                "title": _("The register is busy"),
                "fields": fields,
                "is_whole": bool(fields) and not request.FILES,
            }
            response = TemplateResponse(request, "admin/busy.html", context)
        return ask_again(response)

    def login_with(self, request, held):
        """The login page in place of the answer; the middleware has checked the form's token."""
        here = request.get_full_path()
        context = {
            "app_path": reverse("admin:login", current_app=self.name),
            REDIRECT_FIELD_NAME: here,
            "is_lost": True,
            "files": sorted({one.name for one in request.FILES.values()}),
        }
        request.method = "GET"  # what was sent is no login
        response = self.login(request, context | {HELD: held})
        response["Cache-Control"] = "no-store"
        return response

    def login(self, request, extra_context=None):
        sent = request.POST.get(HELD) if request.method == "POST" else None
        held = _read(request, sent) if sent else None
        context = {HELD: sent} if held else {}
        response = super().login(request, context | (extra_context or {}))
        if held and response.status_code == 302 and self.has_permission(request):
            request.session[HELD] = held
            return HttpResponseRedirect(held["path"])
        return response


def _is_form(request):
    """Whether it is a form of a record; one with a password is never held."""
    match = request.resolver_match
    return (
        not request.user.is_authenticated
        and match is not None
        and (match.url_name or "").endswith(FORMS)
        and not _has_password(request)
    )


def _has_password(request):
    return any("password" in name for name in request.POST)


def is_shown_again(request):
    """Whether a form is shown with what was sent or typed before, and not saved."""
    return getattr(request, "is_shown_again", False)


def _salt(request):
    """Of this browser alone: the secret that its forms are checked against."""
    return f"held:{request.META.get('CSRF_COOKIE', '')}"


def _hold(request):
    """What was sent, as one signed text; empty if it is longer than a request may be."""
    fields = [[name, values] for name, values in request.POST.lists() if not _is_ours(name)]
    held = {"path": request.get_full_path(), "fields": fields}
    text = signing.dumps(held, salt=_salt(request), compress=True)
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return "" if limit is not None and len(text) > limit // 2 else text


def _is_ours(name):
    return name in ("csrfmiddlewaretoken", HELD)


def _read(request, text):
    try:
        return signing.loads(text, salt=_salt(request), max_age=settings.SESSION_COOKIE_AGE)
    except signing.BadSignature:
        return None


# Django's own Vietnamese is said better in our catalogue: what is marked here is ours to say.
SAID_ANEW = (
    gettext_noop(" By %(filter_title)s "),
    gettext_noop("superuser status"),
    gettext_noop("Designates whether the user can log into this admin site."),
    gettext_noop(
        "Designates that this user has all permissions without explicitly assigning them."
    ),
    ngettext_lazy("Please correct the error below.", "Please correct the errors below."),
)


def taken_back(request):
    """What was typed in the form of this address before the session ended; told once."""
    held = request.session.get(HELD)
    if request.method != "GET" or not held or held["path"] != request.get_full_path():
        return None
    if request.FILES:  # a GET has none; once they were read, they and POST are not read anew
        return None
    del request.session[HELD]
    fields = QueryDict(mutable=True)
    for name, values in held["fields"]:
        fields.setlist(name, values)
    return fields


def given_back(screen, request):
    """The same, and it is said that the form is back; None if nothing was held for this address."""
    fields = taken_back(request)
    if fields is not None:
        text = _(
            "You are logged in again, and the form is back. Nothing is saved yet: check, save."
        )
        screen.message_user(request, text, messages.WARNING)
    return fields
