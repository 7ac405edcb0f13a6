"""Forms of the page that reads a letter of reply: the paper, and a decision on each row."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engagements import roles
from engagements.desk.forms import leave_unchecked
from engagements.models import StatusUpdate
from engagements.models.followups import target_of
from engagements.reading.intake import MOST_BYTES, read_file, read_paste
from engagements.reading.refusals import Unreadable
from engagements.reading.results.items import WITHDRAWN, codes_in
from engagements.reading.results.kinds import NewsKind
from engagements.reading.results.reasons import MATCHES
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
    "is_ongoing",
    "next_step",
    "next_on",
    "next_by",
    "passed_to",
    "paragraph",
    "quote",
)
STANDING = ("status", "completed_on", "answer", "response")
BY_NAME = ("passed_to", "next_by")  # organizations, which the paper names
ITEMS = "open-items"  # the list that all boxes of codes share


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
    """What goes along unseen: the key of this reading, its rows, the text that was pasted."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput)
    pasted = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)


class Decision(TextChoices):
    ACCEPT = "accept", gettext_lazy("Accept")
    CHANGE = "change", gettext_lazy("Change")
    REFUSE = "refuse", gettext_lazy("Leave out")


class DecisionForm(forms.Form):
    """Whether a row is taken, for which item, and whether it corrects an earlier update."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=Decision,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Decide on this row.")},
    )
    item = forms.ChoiceField(
        label=gettext_lazy("Item of the register"), required=False, widget=forms.RadioSelect
    )
    other = forms.CharField(
        label=gettext_lazy("Another item, by its code"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"list": ITEMS, "autocomplete": "off"}),
    )
    corrects = forms.MultipleChoiceField(
        label=gettext_lazy("Earlier update that it corrects"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Not ticked: the earlier update stands as it is."),
    )

    def __init__(self, *args, fitting, corrections, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = [(item.code, str(item)) for item in fitting]
        self.fields["corrects"].choices = [(str(row.pk), str(row)) for row in corrections]
        if not fitting:
            del self.fields["item"]
            self.fields["other"].label = _("Item of the register, by its code")
        if not corrections:
            del self.fields["corrects"]

    def clean(self):
        cleaned = super().clean()
        if not self.is_taken:
            return cleaned
        typed = cleaned.get("other")
        codes = [code.code for code in codes_in(typed)] if typed else []
        if typed and len(codes) != 1:
            self.add_error("other", _("Give the code of one item, as in the list: KN-11."))
        elif not typed and not cleaned.get("item"):
            self.ask_for_item(_("Choose the item that this is about, or give its code."))
        cleaned["code"] = codes[0] if codes else cleaned.get("item")
        return cleaned

    def ask_for_item(self, text):
        self.add_error("item" if "item" in self.fields else "other", text)

    @property
    def is_taken(self):
        return self.cleaned_data.get("decision") in (Decision.ACCEPT, Decision.CHANGE)

    @property
    def code(self):
        """The item that a person chose; what was typed goes before what is ticked."""
        return self.cleaned_data.get("code") if self.is_valid() and self.is_taken else None


class Row:
    """A piece of news with its two forms: the decision, and the update that it would become."""

    def __init__(self, reading, key, news, data=None, recorded=None):
        self.reading, self.key, self.news, self.data = reading, key, news, data
        self.recorded = recorded  # an update of that item that rests on this paper already
        self.unknown_names = []
        self.corrections = self._corrections()
        initial = {
            "item": news.item.code if news.item else "",
            "corrects": [str(update.pk) for update in self.corrections.values()],
        }
        if recorded or (news.item is None and not news.is_asked):
            initial["decision"] = Decision.REFUSE
        self.decision = DecisionForm(
            data,
            prefix=f"row-{key}",
            fitting=news.match.items,
            corrections=[*self.corrections.values()],
            initial=initial,
        )
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
    def withdrawn_code(self):
        """The code that the paper gives, where that item was withdrawn."""
        return self.news.match.words if self.news.match.how == WITHDRAWN else ""

    @property
    def had_deadline(self):
        """Only a deadline that there was is moved."""
        return any(item.due_on for item in self.news.match.items)

    @property
    def paragraph(self):
        return self.news.passage.paragraph

    # -- its forms

    def _initial(self, item):
        values = update_values(self.news, self.reading.paper, item=item)
        values.pop("takes_back_number", None)
        values.pop("basis")
        self.unknown_names = []
        for name in BY_NAME:
            if spelled := values.get(name):
                organization = self.reading.organizations.get(spelled)
                values[name] = organization and organization.pk
                if organization is None:
                    self.unknown_names.append(spelled)
                else:
                    self.reading.labels[str(organization.pk)] = str(organization)
        return values

    def _update_form(self, item, record=None):
        instance = StatusUpdate(basis=Basis.SOURCE)
        if record is not None:
            setattr(instance, target_of(record.kind), record)
        return self.reading.make_update(
            self.data,
            prefix=f"row-{self.key}-update",
            instance=instance,
            initial=self._initial(item),
        )

    def _corrections(self):
        """{code of a fitting item: its update that rests on the paper which this one recalls}."""
        news = self.news.news
        if news.kind != NewsKind.TAKEN_BACK or not news.cited_number:
            return {}
        resting = self.reading.resting
        updates = {item.code: resting.of(item, news.cited_number) for item in self.news.match.items}
        return {code: update for code, update in updates.items() if update is not None}

    # -- what was decided

    def is_valid(self, items, records, user):
        """Whether it is left out, or is an update that its item may have.

        `items` are those that a person may choose, by code; `records` their rows, by kind and key.
        """
        if not self.decision.is_valid() or not self.decision.is_taken:
            leave_unchecked(self.update)
            return self.decision.is_valid()
        item = items.get(self.decision.code)
        record = item and records.get((item.kind, item.key))
        if record is None or not roles.is_at_desk(user, record):
            known = _("This item belongs to another desk.")
            unknown = _("The register has no published item of that code.")
            self.decision.ask_for_item(unknown if record is None else known)
            leave_unchecked(self.update)
            return False
        shown, self.update = self.update, self._update_form(item, record)
        if item != self.news.item:
            self._follow(shown)
        return self.update.is_valid()

    def _follow(self, shown):
        """Status and answer as they are for the item chosen, unless a person said them anew."""
        if set(STANDING) & set(shown.changed_data):
            return
        own = (self.update.prefix, "uid")  # a copy of the whole, row by row, takes seconds
        sent = MultiValueDict(
            {name: values for name, values in self.data.lists() if name.startswith(own)}
        )
        for name in STANDING:
            value = self.update.initial.get(name) or ""
            sent[self.update.add_prefix(name)] = (
                f"{value:%d/%m/%Y}" if name.endswith("_on") and value else value
            )
        self.data = self.update.data = sent

    @property
    def is_taken(self):
        return self.decision.is_bound and self.decision.is_valid() and self.decision.is_taken

    @property
    def corrects(self):
        """The update that it corrects, where a person left that ticked."""
        update = self.corrections.get(self.decision.code)
        ticked = self.decision.cleaned_data.get("corrects", ())
        return update if update is not None and str(update.pk) in ticked else None
