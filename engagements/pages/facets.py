"""Counted choices beside a list: how many rows each would leave under the other filters."""

from django.db.models import Count, Q
from django.db.models.functions import ExtractYear
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engagements.deadlines import deadline_rules
from engagements.edition.models import EditionLink
from engagements.words import FOLLOW_UP_CHOICES, Deadline, FollowUpStatus

MOST = 12  # choices of an open list; whoever is looked for beyond them is found by a word

LABELS = {
    "kind": _("Kind"),
    "status": _("Status"),
    "deadline": _("Deadline"),
    "topic": _("Topic"),
    "year": _("Year"),
    "official": _("Official"),
    "lead": _("Lead organization"),
}
SEVERAL = {"status"}  # more than one may be ticked
SHOWN_AT_ONCE = {"kind", "status", "deadline"}  # the others open when asked


def _by_column(rows, name):
    return dict(rows.order_by().values_list(name).annotate(Count("pk")))


def _by_rule(rows, rules):
    """Several conditions counted in one query; a row may meet more than one."""
    rules = list(rules.items())
    found = rows.order_by().aggregate(
        **{f"n{place}": Count("pk", filter=rule) for place, (_code, rule) in enumerate(rules)}
    )
    return {code: found[f"n{place}"] for place, (code, _rule) in enumerate(rules)}


def _closed_list(choices, numbers):
    return [(code, said, numbers.get(code, 0)) for code, said in choices]


def _most_first(rows):
    """Open lists: the most frequent first."""
    return sorted(rows, key=lambda one: (-one[2], one[1]))


def _kinds(rows, topics):
    return _closed_list(FOLLOW_UP_CHOICES, _by_column(rows, "kind"))


def _statuses(rows, topics):
    return _closed_list(FollowUpStatus.choices, _by_column(rows, "status"))


def _deadlines(rows, topics):
    return _closed_list(Deadline.choices, _by_rule(rows, deadline_rules(timezone.localdate())))


def _topics(rows, topics):
    rules = {slug: Q(topics__contains=f"|{slug}|") for slug in topics}
    numbers = _by_rule(rows, rules) if rules else {}
    return _most_first((slug, topics[slug], number) for slug, number in numbers.items())


def _years(rows, topics):
    years = rows.order_by().annotate(year=ExtractYear("day")).values_list("year")
    numbers = years.annotate(Count("pk")).order_by("-year")
    return [(str(year), str(year), number) for year, number in numbers]


def _officials(rows, topics):
    links = EditionLink.objects.filter(edition__in=rows.order_by().values("pk"))
    found = links.exclude(official=None).values_list("official__slug", "official__full_name")
    return _most_first(found.annotate(Count("edition", distinct=True)))


def _leads(rows, topics):
    found = rows.order_by().exclude(lead=None).values_list("lead__slug", "lead__name")
    return _most_first(found.annotate(Count("pk")))


COUNTING = {
    "kind": _kinds,
    "status": _statuses,
    "deadline": _deadlines,
    "topic": _topics,
    "year": _years,
    "official": _officials,
    "lead": _leads,
}
RECORD_TEXT = {"official", "lead"}  # names that stay Vietnamese on an English page


def facets(filterset, topics):
    """The facets of a list, each in one query, with what is chosen always among the choices."""
    form, given = filterset.form, filterset.data
    counted = not filterset.is_bound or filterset.is_valid()
    found = []
    for name, count in COUNTING.items():
        typed = given.getlist(name) if filterset.is_bound else []
        typed = [one for one in typed if one]
        rows = list(count(filterset.but_for(name), topics)) if counted else []
        choices = [
            {"code": code, "said": said, "number": number, "is_chosen": code in typed}
            for code, said, number in rows
            if number or code in typed
        ]
        if name in RECORD_TEXT:
            kept = choices[:MOST] + [one for one in choices[MOST:] if one["is_chosen"]]
            is_cut, choices = len(kept) < len(choices), kept
        else:
            is_cut = False
        known = {one["code"] for one in choices}
        choices += [
            {"code": code, "said": _said(form.fields[name], code, topics), "is_chosen": True}
            for code in typed
            if code not in known
        ]
        if len(choices) > 1 or typed:
            found.append(
                {
                    "name": name,
                    "label": LABELS[name],
                    "type": "checkbox" if name in SEVERAL else "radio",
                    "errors": form.errors.get(name) if filterset.is_bound else None,
                    "choices": choices,
                    "is_any": not typed,
                    "is_open": name in SHOWN_AT_ONCE or bool(typed),
                    "is_cut": is_cut,
                    "is_record_text": name in RECORD_TEXT,
                }
            )
    return found


def _said(field, code, topics):
    """The word for a code that no row has: from its closed list, else as it was typed."""
    is_closed = hasattr(field, "choices") and not hasattr(field, "queryset")
    words = {str(one): said for one, said in field.choices} if is_closed else topics
    return words.get(code, code[:80])
