"""Formsets of a session's form whose rows know of each other: who sat there, what answers what."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.forms.models import modelform_factory
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from engagements.desk.boxes import Hidden
from engagements.desk.forms import PartForm, RecordForm
from engagements.desk.officials import OfficialForm
from engagements.desk.rows import PartFormSet, RowsFormSet
from engagements.lookups import Indicators
from engagements.models.answering import answered_at, set_answered
from engagements.words import MadeBy
from provinces.models import Atlas, Official
from provinces.vietnamese import NormalText

from .filling import officials_named, people_called, plain_name
from .lines import NEW, LineNumbers

IN_THE_REGISTER = gettext_noop(
    "The register has this name: %(known)s. Untick “somebody new” if it is them; for a namesake put"
    " + before the name."
)
NewcomerForm = modelform_factory(Official, form=OfficialForm, fields=("full_name", "slug"))


class AttendanceForm(PartForm):
    """An official may be named in words: by one name the register knows, or as somebody new."""

    name = NormalText(
        label=_("or by name"),
        required=False,
        max_length=120,
        help_text=_(
            "With or without marks; one of the register is found by it. + before it makes a"
            " namesake of somebody there. Published."
        ),
    )
    is_new = forms.BooleanField(
        label=_("somebody new"),
        required=False,
        help_text=_("The register does not know them yet: they are added with this form."),
    )
    newcomer = None
    is_namesake = False  # on purpose
    may_add_officials = False  # set by the formset

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "official" in self.fields:
            self.fields["official"].required = False  # clean() asks for one or the other
            if self.instance.pk:
                for name in ("name", "is_new"):
                    self.fields[name].widget = Hidden()

    def clean(self):
        cleaned = super().clean()
        if "official" not in self.fields or cleaned.get("official") or self.errors.get("official"):
            return cleaned
        name = cleaned.get("name")
        if not name:
            self.add_error("official", self.fields["official"].error_messages["required"])
        elif cleaned.get("is_new") or name.startswith(NEW):
            self._welcome(name)
        else:
            self.add_error("name", self._who(name))
        return cleaned

    def _welcome(self, name):
        if not self.may_add_officials:
            self.add_error("is_new", _("You may not add people to the register."))
            return
        self.is_namesake = name.startswith(NEW)
        name = name.lstrip(f"{NEW} ")
        self.newcomer = NewcomerForm({"full_name": name, "slug": ""})
        for messages in self.newcomer.errors.values():
            self.add_error("name", messages)

    def _who(self, name):
        namesakes = [one for people in officials_named([name]).values() for one in people]
        if not namesakes:
            return _(
                "The register knows nobody of this name. Mend it, or tick “somebody new” to add"
                " them."
            )
        given = {"known": _people_told(namesakes)}
        return gettext("Several are called so, choose one in the box: %(known)s") % given

    def save(self, commit=True):
        if self.newcomer:
            self.instance.official = self.newcomer.save()
        return super().save(commit)


def _people_told(officials):
    """People of one name as they are told apart: each with the last offices held, and the slug."""
    prefetch_related_objects(officials, "posts")
    return "; ".join(
        f"{', '.join([str(official), *_last_titles(official)])} ({official.slug})"
        for official in officials
    )


def _last_titles(official, most=2):
    posts = sorted(
        official.posts.all(),
        key=lambda post: (post.ends_on or date.max, post.starts_on or date.min, post.pk),
    )
    return list(dict.fromkeys(post.title for post in reversed(posts)))[:most]


class AttendanceFormSet(PartFormSet):
    taken = ("source",)
    may_add_officials = False  # set by the inline for who asks

    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.may_add_officials = self.may_add_officials

    def clean(self):
        super().clean()
        new = [form for form in self.forms if form.newcomer and not self._should_delete_form(form)]
        known = officials_named(
            form.cleaned_data.get("name") for form in new if not form.is_namesake
        )
        seen = set()
        for form in new:
            name = plain_name(typed := form.cleaned_data.get("name") or "")
            namesakes = people_called(typed, known)
            if namesakes and not form.is_namesake:
                given = {"known": _people_told(namesakes)}
                form.add_error("name", gettext(IN_THE_REGISTER) % given)
            if name in seen:
                form.add_error("name", _("This name stands here twice: add namesakes with the +."))
            seen.add(name)


class ItemFormSet(RowsFormSet):
    """What was said there: usually about the one province, proved by the one document."""

    taken = ("source", "province")


class FigureFormSet(ItemFormSet):
    """Rows that look indicators up by name, in one table for all of them."""

    proposer = None  # set by the inline for who asks

    def __init__(self, *args, **kwargs):
        self.indicators = Indicators()
        super().__init__(*args, **kwargs)

    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.indicators, form.proposer = self.indicators, self.proposer


class AnsweringForm(RecordForm):
    """Which requests it answers is told by their numbers on the form, saved yet or not."""

    answers_lines = LineNumbers(
        label=_("answers requests"),
        required=False,
        help_text=_("Their numbers on this form: 1, 3. Published."),
    )
    requests = ()  # the forms of the requests; set by the formset
    theirs = None  # numbers that somebody else has saved meanwhile

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "made_by" in self.fields:
            self.fields["made_by"].required = False  # left out, it is the ministry

    def _meet_colleague(self):
        """As with any field: what only they changed is theirs, where both did theirs is told."""
        seen, now = self._mark_sent(), sorted(asked.pk for asked in self.instance.answers.all())
        row = self.row_seen(seen) if seen not in (None, self.current_mark()) else None
        super()._meet_colleague()
        if row is None or "answers_lines" not in self.fields:
            return
        was = answered_at(self.instance, row)
        field, typed = self.fields["answers_lines"], self["answers_lines"].data
        if was == now or not field.has_changed(self.initial.get("answers_lines"), typed):
            return
        if field.has_changed(self._numbers(was), typed):
            self.theirs = field.prepare_value(self.initial.get("answers_lines")) or "—"
        else:
            self.data[self.add_prefix("answers_lines")] = field.prepare_value(
                self.initial["answers_lines"]
            )

    def _numbers(self, keys):
        return tuple(
            number
            for number, request in enumerate(self.requests, start=1)
            if request.instance.pk in keys
        )

    def clean_made_by(self):
        return self.cleaned_data["made_by"] or MadeBy.MINISTRY.value

    def clean(self):
        cleaned = super().clean()
        if self.theirs is not None:
            given = {"who": self.instance.updated_by or gettext("Somebody"), "text": self.theirs}
            raise ValidationError(
                {"answers_lines": _("Meanwhile %(who)s wrote: “%(text)s”") % given}
            )
        return cleaned

    def _save_m2m(self):
        super()._save_m2m()
        if "answers_lines" in self.changed_data:
            numbers = self.cleaned_data["answers_lines"]
            others = self.instance.answers.exclude(meeting=self.instance.meeting_id)
            here = [self.requests[number - 1].instance for number in numbers]
            set_answered(self.instance, [*others, *here], self.instance._history_user)


class AnsweringFormSet(ItemFormSet):
    """Checks the numbers against the rows of requests on the same form."""

    requests = None  # their formset

    def hold_against(self, requests):
        """Tells the rows which requests stand on the form; before any of them is read."""
        self.requests = requests
        numbers = {
            form.instance.pk: number
            for number, form in enumerate(requests.initial_forms, start=1)
            if form.instance.pk
        }
        for form in self.forms:
            form.requests = requests.forms
            if form.instance.pk:
                answered = form.instance.answers.all()
                shown = [numbers[asked.pk] for asked in answered if asked.pk in numbers]
                form.initial["answers_lines"] = tuple(sorted(shown))

    def clean(self):
        super().clean()
        for form in self.forms:
            if self.requests is None or self._should_delete_form(form):
                continue
            for number in form.cleaned_data.get("answers_lines") or ():
                if wrong := self._wrong(number, form.cleaned_data.get("province")):
                    form.add_error("answers_lines", wrong)

    def _wrong(self, number, province):
        """Why that row is not one to answer; None if it is."""
        given = {"n": number}
        if not 1 <= number <= len(self.requests.forms):
            return gettext("There is no request #%(n)d on this form.") % given
        request = self.requests.forms[number - 1]
        sent = getattr(request, "cleaned_data", {})
        if not (request.instance.pk or request.has_changed()):
            return gettext("Request #%(n)d is empty.") % given
        if sent.get("DELETE"):
            return gettext("Request #%(n)d is to be deleted.") % given
        asked = sent.get("province")
        if not asked or not province or asked == province or asked in Atlas().lineage(province):
            return None
        given |= {"theirs": asked, "own": province}
        return gettext("Request #%(n)d is of %(theirs)s, this is about %(own)s.") % given
