"""Text of a source in numbered paragraphs: a page of the desk, and the column beside a form.

The column asks for the text of the source that is chosen in the form; evidence-beside.js makes
quotations of what is selected there. Texts are secret: nothing of them is kept by a browser.
"""

from itertools import pairwise

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from engagements.models import Source
from engagements.models.base import Evidenced
from engagements.models.quotations import SourceText
from engagements.reading.text import Document

from .pages import READ, Page, desk_page
from .proof import PROOF_FIELDS

PART = "part"  # in an address: the text alone, for the column


def text_view(screen, request, source):
    """The paragraphs as quotations are compared with them: a page, or what the column shows."""
    paragraphs = SourceText(source).paragraphs
    if PART in request.GET:
        context = {"source": source, "paragraphs": _in_sentences(paragraphs)}
        response = render(request, "admin/engagements/_source_text.html", context)
    else:
        response = desk_page(
            screen,
            request,
            "admin/engagements/source_text.html",
            title=_("Text in numbered paragraphs"),
            original=source,
            paragraphs=paragraphs,
        )
    response["Cache-Control"] = "no-store, private"
    return response


TEXT_PAGE = Page("<path:object_id>/text/", text_view, "text", methods=READ)


def _in_sentences(paragraphs):
    """[(number, offsets of its sentences as a script counts them, the sentences)]."""
    document, told = Document(paragraphs), []
    for number, sentences in document.sentences.items():
        paragraph = paragraphs[number - 1]
        edges = [0, *(sentence.start for sentence in sentences[1:]), len(paragraph)]
        parts = [paragraph[a:b] for a, b in pairwise(edges)]
        offsets, at = [], 0
        for part in parts:
            offsets.append(at)
            at += len(part.encode("utf-16-le")) // 2
        told.append((number, offsets, parts))
    return told


def beside(context):
    """What the column begins with: kinds of rows, sources named; None for a form without proof.

    `context` is that of a change form.
    """
    form = context["adminform"].form
    inlines = [
        inline
        for inline in context["inline_admin_formsets"]
        if set(inline.formset.form.base_fields) >= PROOF_FIELDS
    ]
    kinds = [
        (inline.formset.prefix, inline.opts.verbose_name)
        for inline in inlines
        if inline.has_add_permission
    ]
    if context.get("is_popup") or not (kinds or set(form.fields) >= PROOF_FIELDS):
        return None
    rows = [form.instance, *(row.instance for inline in inlines for row in inline.formset.forms)]
    return {
        "kinds": kinds,
        "sources": _sources_of(rows),
        "address": reverse("admin:engagements_source_text", args=[0]),
    }


def _sources_of(rows):
    """The sources that the rows name, without their texts; most are read with the rows."""
    named = {row.source_id for row in rows} - {None}
    known = {
        row.source_id: row.source
        for row in rows
        if row.source_id and Evidenced.source.is_cached(row)
    }
    if missing := named - set(known):
        known |= Source.objects.defer("text").in_bulk(missing)
    return [known[key] for key in sorted(known)]
