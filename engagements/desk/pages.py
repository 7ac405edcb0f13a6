"""Pages of the desk beside its lists and forms."""

from django import forms
from django.template.response import TemplateResponse

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


def desk_page(desk, request, template, *, media=None, **context):
    """A page under a list of the desk, dressed as its forms are."""
    request.current_app = desk.admin_site.name
    context = {
        **desk.admin_site.each_context(request),
        "opts": desk.opts,
        "media": MEDIA if media is None else MEDIA + media,
        **context,
    }
    return TemplateResponse(request, template, context)
