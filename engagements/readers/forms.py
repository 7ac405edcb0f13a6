"""Forms that readers fill in: to follow a page, and to send a tip; a honeypot keeps robots out."""

import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinLengthValidator, URLValidator
from django.utils.translation import gettext_lazy as _

from provinces.vietnamese import NormalText, WebAddress, cleaned

from .models import Tip, TipKind, folded_address
from .targets import Target, page_or_code

TEXT_CHARACTERS = (10, 4000)


class EmailAddress(forms.EmailField):
    def __init__(self, **kwargs):
        box = forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"})
        super().__init__(widget=box, max_length=254, **kwargs)

    def to_python(self, value):
        value = super().to_python(cleaned(value) if isinstance(value, str) else value)
        return folded_address(value) if value else value


class ReaderForm(forms.Form):
    """A form with a honeypot: a field that only machines fill in."""

    required_css_class = "required"
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    @property
    def is_by_a_machine(self):
        return bool(self.data.get("website"))

    def shown_fields(self):
        return [field for field in self.visible_fields() if field.name != "website"]


class FollowForm(ReaderForm):
    """Who asks to be told, and of what."""

    email = EmailAddress(
        label=_("Your e-mail address"),
        help_text=_("A mail with a link comes first; nothing is sent unless you confirm there."),
    )
    trang = forms.CharField(widget=forms.HiddenInput)

    def clean_trang(self):
        self.target = Target(self.cleaned_data["trang"])
        return self.target.address


class TipForm(ReaderForm):
    """What a reader wants to tell."""

    uid = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    ve = NormalText(
        label=_("Which page or code is it about?"),
        max_length=2000,
        help_text=_("A code such as CK-1, or the address of a page of this site after its name."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    kind = forms.ChoiceField(
        label=_("What is it?"), choices=TipKind.choices, widget=forms.RadioSelect
    )
    text = NormalText(
        label=_("What do you want to tell?"),
        max_length=TEXT_CHARACTERS[1],
        validators=[MinLengthValidator(TEXT_CHARACTERS[0])],
        help_text=_(
            "10 to 4,000 characters. Which document, of which day, says what? Please write nothing"
            " about other people’s private lives, and no state secret."
        ),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    url = WebAddress(
        label=_("Link to the evidence (may be left empty)"),
        required=False,
        max_length=1000,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    contact = EmailAddress(
        label=_("Your e-mail address (may be left empty)"),
        required=False,
        help_text=_("For staff of the register alone, to ask back. It is never published."),
    )

    def clean_ve(self):
        return page_or_code(self.cleaned_data["ve"])

    def clean_url(self):
        url = self.cleaned_data["url"]
        if any(character in url for character in '\r\n\t"<> '):
            raise ValidationError(_("Enter a valid address."), code="invalid")
        return url

    def tip(self, language):
        """The tip that this form makes; one sent twice gives the same."""
        data = self.cleaned_data
        tip, _made = Tip.objects.get_or_create(
            uid=data["uid"],
            defaults={
                "about": data["ve"],
                "kind": data["kind"],
                "text": data["text"],
                "url": data["url"],
                "contact": data["contact"],
                "language": language,
            },
        )
        return tip
