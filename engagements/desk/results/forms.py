"""Forms of the page that reads a letter of reply: the paper, and a decision on each row."""

import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engagements import roles
from engagements.models import StatusUpdate
from engagements.models.followups import FOLLOW_UP_MODELS, target_of
from engagements.reading.intake import MOST_BYTES, read_file, read_paste
from engagements.reading.refusals import Unreadable
from engagements.reading.results.kinds import NewsKind
from engagements.reading.results.reasons import MATCHES
from engagements.reading.results.store import OrganizationNames, RestingUpdates
from engagements.reading.results.updates import update_values
from engagements.words import Basis

FIELDS = (
    "happened_on",
    "status",
    "completed_on",
    "answer",
    "response",
    "voice",
    "text",
    "new_due_on",
    "new_due_text",
    "next_step",
    "next_on",
    "next_by",
    "passed_to",
    "paragraph",
    "quote",
)
STANDING = ("status", "completed_on", "answer", "response")
BY_NAME = ("passed_to", "next_by")  # organizations, which the paper names
MODELS = {model.kind: model for model in FOLLOW_UP_MODELS}


class TakeInForm(forms.Form):
    """A pasted text or a file, one of the two; `paper` is what was taken in."""

    text = forms.CharField(
        label=gettext_lazy("Text of the letter"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "class": "vLargeTextField"}),
    )
    file = forms.FileField(
        label=gettext_lazy("or a file: .docx, .pdf, .html, .txt"), required=False
    )
    paper = None

    def clean(self):
        cleaned = super().clean()
        text, file = cleaned.get("text") or "", cleaned.get("file")
        if bool(text.strip()) == bool(file):
            raise ValidationError(_("Paste a text or choose a file, one of the two."))
        if file and file.size > MOST_BYTES:
            raise Unreadable("too_large")
        self.paper = read_file(file.read(), file.name) if file else read_paste(text)
        return cleaned


class KeyForm(forms.Form):
    """What goes along unseen: the key of this reading, and the text that was pasted."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    pasted = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)


class Decision(TextChoices):
    ACCEPT = "accept", gettext_lazy("Accept")
    CHANGE = "change", gettext_lazy("Change")
    REFUSE = "refuse", gettext_lazy("Leave out")


class DecisionForm(forms.Form):
    """Whether a row is taken, and for which item."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=Decision,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Decide on this row.")},
    )
    item = forms.ChoiceField(label=gettext_lazy("Item of the register"), required=False)

    def __init__(self, *args, row, scope, **kwargs):
        super().__init__(*args, **kwargs)
        fitting = row.match.items
        others = [item for item in scope if item not in fitting]
        choices = [("", _("— choose an item —"))]
        if fitting:
            choices.append((_("Fitting"), [(item.code, str(item)) for item in fitting]))
        if others:
            choices.append((_("Other open items"), [(item.code, str(item)) for item in others]))
        self.fields["item"].choices = choices

    def clean(self):
        cleaned = super().clean()
        if self.is_taken and not cleaned.get("item"):
            self.add_error("item", _("Choose the item that this is about."))
        return cleaned

    @property
    def is_taken(self):
        return self.cleaned_data.get("decision") in (Decision.ACCEPT, Decision.CHANGE)


class Row:
    """A piece of news with its two forms: the decision, and the update that it would become."""

    def __init__(self, key, news, results, make_form, scope, data=None, recorded=None):
        self.key, self.news, self.paper = key, news, results.paper
        self.recorded = recorded  # an update of that item that rests on this paper already
        self.scope = {item.code: item for item in (*scope, *news.match.items)}
        self.make_form, self.data = make_form, data
        self.unknown_names = []
        initial = {"item": news.item.code if news.item else ""}
        if recorded or (news.item is None and not news.is_asked):
            initial["decision"] = Decision.REFUSE
        self.decision = DecisionForm(
            data, prefix=f"row-{key}", row=news, scope=scope, initial=initial
        )
        self.corrects = self._corrects(news.item)
        self.update = self._update_form(news.item or next(iter(news.match.items), None))

    # -- what it shows

    @property
    def why(self):
        """Why this item, in words, with the words that both share."""
        words = self.news.match.words
        reason = str(MATCHES[self.news.match.how])
        return f"{reason}: {words}" if words else reason

    @property
    def kind(self):
        return NewsKind(self.news.news.kind).label

    @property
    def is_in_register(self):
        return bool(self.news.match.items)

    @property
    def paragraph(self):
        return self.news.passage.paragraph

    # -- its forms

    def _initial(self, item):
        values = update_values(self.news, self.paper, item=item)
        values.pop("takes_back_number", None)
        values.pop("basis")
        self.unknown_names = []
        for name in BY_NAME:
            if spelled := values.get(name):
                organization = OrganizationNames().get(spelled)
                values[name] = organization and organization.pk
                if organization is None:
                    self.unknown_names.append(spelled)
        return values

    def _update_form(self, item, record=None):
        instance = StatusUpdate(basis=Basis.SOURCE)
        if record is not None:
            setattr(instance, target_of(record.kind), record)
        return self.make_form(
            self.data,
            prefix=f"row-{self.key}-update",
            instance=instance,
            initial=self._initial(item),
        )

    def _corrects(self, item):
        news = self.news.news
        if news.kind != NewsKind.TAKEN_BACK or item is None or not news.cited_number:
            return None
        return RestingUpdates([item]).of(item, news.cited_number)

    # -- what was decided

    def is_valid(self, user):
        """Whether it is left out, or is an update that its item may have."""
        is_decided = self.decision.is_valid()
        if not is_decided or not self.decision.is_taken:
            # What was typed comes back as it is: an update that nobody takes is not judged.
            self.update._errors = ErrorDict()
            return is_decided
        chosen = self.scope[self.decision.cleaned_data["item"]]
        records = MODELS[chosen.kind].objects.select_related("meeting", "province")
        record = records.get(pk=chosen.key)
        if not roles.is_at_desk(user, record):
            self.decision.add_error("item", _("It belongs to another body than your desk's."))
            return False
        shown, self.update = self.update, self._update_form(chosen, record)
        if chosen != self.news.item:
            self.corrects = self._corrects(chosen)
            self._follow(shown)
        return self.update.is_valid()

    def _follow(self, shown):
        """Status and answer as they are for the item chosen, unless a person said them anew."""
        if set(STANDING) & set(shown.changed_data):
            return
        sent = self.data.copy()
        for name in STANDING:
            value = self.update.initial.get(name) or ""
            sent[self.update.add_prefix(name)] = (
                f"{value:%d/%m/%Y}" if name.endswith("_on") and value else value
            )
        self.data = self.update.data = sent

    @property
    def is_taken(self):
        return self.decision.is_bound and self.decision.is_taken


def new_key():
    return uuid.uuid4()
