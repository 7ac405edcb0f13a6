"""Facets beside a list: choices with the number of rows each would leave under other filters."""

from django.db.models import Count, Q
from django.db.models.functions import ExtractYear
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engagements.deadlines import deadline_rules
from engagements.edition.models import EditionLink
from engagements.words import FOLLOW_UP_CHOICES, Deadline, FollowUpStatus, StatusProof

CHOICES_MOST = 12  # of an open list; whoever is looked for beyond them is found by a word

FACET_LABELS = {
    "kind": _("Kind"),
    "status": _("Status"),
    "deadline": _("Deadline"),
    "status_proof": _("By whose word"),
    "topic": _("Topic"),
    "year": _("Year"),
    "official": _("Official"),
    "lead": _("Lead organization"),
}
MULTIPLE = {"status"}  # more than one may be ticked
SHOWN_AT_ONCE = {"kind", "status", "deadline"}  # the others open when asked


def _by_column(rows, name):
    return dict(rows.order_by().values_list(name).annotate(Count("pk")))


def _by_rule(rows, rules):
    """Several conditions counted in one query; a row may meet more than one."""
    rules = list(rules.items())
    numbers = rows.order_by().aggregate(
        **{f"n{index}": Count("pk", filter=rule) for index, (_code, rule) in enumerate(rules)}
    )
    return {code: numbers[f"n{index}"] for index, (code, _rule) in enumerate(rules)}


def _closed_list(choices, numbers):
    return [(code, label, numbers.get(code, 0)) for code, label in choices]


def _most_first(rows):
    """Open lists: the most frequent first."""
    return sorted(rows, key=lambda choice: (-choice[2], choice[1]))


def _kinds(rows, topics):
    return _closed_list(FOLLOW_UP_CHOICES, _by_column(rows, "kind"))


def _statuses(rows, topics):
    return _closed_list(FollowUpStatus.choices, _by_column(rows, "status"))


def _deadlines(rows, topics):
    return _closed_list(Deadline.choices, _by_rule(rows, deadline_rules(timezone.localdate())))


def _proofs(rows, topics):
    return _closed_list(StatusProof.choices, _by_column(rows, "status_proof"))


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
    officials = links.exclude(official=None).values_list("official__slug", "official__full_name")
    return _most_first(officials.annotate(Count("edition", distinct=True)))


def _leads(rows, topics):
    leads = rows.order_by().exclude(lead=None).values_list("lead__slug", "lead__name")
    return _most_first(leads.annotate(Count("pk")))


COUNTING = {
    "kind": _kinds,
    "status": _statuses,
    "deadline": _deadlines,
    "status_proof": _proofs,
    "topic": _topics,
    "year": _years,
    "official": _officials,
    "lead": _leads,
}
RECORD_TEXT = {"official", "lead"}  # names that stay Vietnamese on an English page


def facets(filterset, topics):
    """The facets of a list, each in one query, with what is chosen always among the choices."""
    form, query = filterset.form, filterset.data
    counted = not filterset.is_bound or filterset.is_valid()
    shown = []
    for name, count in COUNTING.items():
        typed = query.getlist(name) if filterset.is_bound else []
        typed = [code for code in typed if code]
        rows = list(count(filterset.but_for(name), topics)) if counted else []
        choices = [
            {"code": code, "label": label, "number": number, "is_chosen": code in typed}
            for code, label, number in rows
            if number or code in typed
        ]
        if name in RECORD_TEXT:
            beyond = [choice for choice in choices[CHOICES_MOST:] if choice["is_chosen"]]
            first = choices[:CHOICES_MOST] + beyond
            is_cut, choices = len(first) < len(choices), first
        else:
            is_cut = False
        known = {choice["code"] for choice in choices}
        choices += [
            {"code": code, "label": _label_of(form.fields[name], code, topics), "is_chosen": True}
            for code in typed
            if code not in known
        ]
        if len(choices) > 1 or typed:
            shown.append(
                {
                    "name": name,
                    "label": FACET_LABELS[name],
                    "type": "checkbox" if name in MULTIPLE else "radio",
                    "errors": form.errors.get(name) if filterset.is_bound else None,
                    "choices": choices,
                    "is_any": not typed,
                    "is_open": name in SHOWN_AT_ONCE or bool(typed),
                    "is_cut": is_cut,
                    "is_record_text": name in RECORD_TEXT,
                }
            )
    return shown


def _label_of(field, code, topics):
    """The label of a code that no row has: from its closed list, else as it was typed."""
    is_closed = hasattr(field, "choices") and not hasattr(field, "queryset")
    labels = {str(choice): label for choice, label in field.choices} if is_closed else topics
    return labels.get(code, code[:80])
