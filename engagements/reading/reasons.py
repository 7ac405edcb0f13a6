"""Reasons of the reader's rules, and why a proposal was refused, in the reader's language."""

from django.utils.translation import gettext_lazy as _

from .results.reasons import MATCHES

# Key of a rule → what it says; “%(words)s” are the words of the text that it went by.
REASONS = {
    "gate.minutes": _("minutes between a ministry and a province"),
    "gate.with_province": _("a ministry works with a province in this sentence"),
    "gate.with_ministry": _("a province works with a ministry in this sentence"),
    "gate.in_province": _("a ministry works in a province, with its leaders"),
    "gate.results": _("tells what became of something (“%(words)s”)"),
    "gate.no_province": _("no province is named"),
    "gate.no_ministry": _("no ministry is named"),
    "gate.not_together": _("nowhere does a ministry work with a province"),
    "session.ministry": _("named most, by its own people first"),
    "session.province": _("named as the one that was worked with"),
    "session.place": _("follows the day, or the word for the place"),
    "day.none": _("no day is told"),
    "day.no_year": _("day and month are told, the year is not"),
    "day.impossible": _("there is no such day"),
    "day.written": _("written with its year"),
    "day.of_stamp": _("counted from the day on which the page was published"),
    "day.year_of_same_day": _("the year stands with the same day elsewhere"),
    "day.year_of_stamp": _("the year is that of the day of publication"),
    "day.year_of_address": _("the year stands in the address of the page"),
    "day.year_of_running_months": _("the year whose months are reported on, and no later one"),
    "day.year_is_leap": _("29 February, and only one leap year is told"),
    "attendance.title": _("named with an office: “%(words)s”"),
    "request.asks": _("“%(words)s”, said by the province or to the ministry"),
    "request.wanted": _("“%(words)s”, wanted by the province"),
    "request.named": _("a request of the province is named"),
    "request.list": _("in the province's list of requests"),
    "request.in_agreed_list": _("in a list of what the province asked"),
    "commitment.promises": _("“%(words)s”, said by the ministry"),
    "commitment.will": _("“%(words)s”, with the ministry as subject"),
    "commitment.offers": _("an offer: “%(words)s”"),
    "commitment.agrees": _("the ministry agrees: “%(words)s”"),
    "commitment.assigns": _("one of the ministry's own units is told to do it (“%(words)s”)"),
    "commitment.unit": _("what a unit of the ministry does by a day, or is told to do"),
    "commitment.order": _("an order of the conclusion to a unit of the ministry"),
    "commitment.list": _("in a list of what the ministry's units are told"),
    "recommendation.tells": _("“%(words)s”, said by the ministry to the province"),
    "recommendation.modal": _("“%(words)s” of what the province is to do, said by the ministry"),
    "recommendation.best": _("called the most important, or the best way"),
    "recommendation.bare": _("what the province is to do, said by the ministry"),
    "recommendation.order": _("an order of the conclusion to the province"),
    "recommendation.list": _("in a list of what the ministry tells the province"),
    "remark.listed": _("listed as what is hard"),
    "remark.difficulty": _("tells what is hard: “%(words)s”"),
    "remark.question": _("a question"),
    "remark.target": _("a target: “%(words)s”"),
    "remark.intention": _("the province's own intention: “%(words)s”"),
    "figure.number": _("a number with what it counts"),
    "answer.named": _("the sentence names the request"),
    "model.said": _("the model's own reading: “%(words)s”"),
    "answer.words": _("it speaks of the same object; the text does not tie the two"),
}

PROBLEMS = {
    "kind": _("it is of no kind that the register has"),
    "paragraph": _("there is no such paragraph"),
    "not_verbatim": _("the quotation does not stand there"),
    "too_long": _("the quotation is longer than 20 words"),
    "too_short": _("the quotation is too short to prove anything"),
    "cut_word": _("the quotation cuts a word in two"),
    "twice": _("the same was proposed already"),
}

# Why a model's answer, or one item of it, was not taken.
MODEL = {
    "not_public": _("this text has no public address, so no model was asked"),
    "busy": _("the model reads another text just now"),
    "away": _("the model did not answer"),
    "no_answer": _("the model's answer could not be read"),
    "form": _("it is not in the form that was asked for"),
    "speaker": _("nobody of that name speaks there"),
    "number": _("the number does not stand in the quotation"),
    "too_many": _("it proposed too many things"),
}

OF_RESULTS = {f"results.{how}": said for how, said in MATCHES.items()}  # why it is that item


def told(why):
    """A Why in words."""
    said = OF_RESULTS[why.rule] if why.rule in OF_RESULTS else REASONS[why.rule]
    return str(said) % {"words": why.words}
