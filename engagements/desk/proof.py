"""Form of a row with proof: its quotation is held against the text of the source."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from engagements.models.base import QUOTE_WORDS
from engagements.models.quotations import Texts, too_long

PROOF_FIELDS = {"source", "paragraph", "quote"}


class ProofForm(forms.ModelForm):
    """Refuses a quotation that the source doesn't have; fills in the paragraph of one it has."""

    texts = None  # those that the rows of one form share

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        quote = cleaned.get("quote") or ""
        if too_long(quote):
            said = _("A quotation has at most %(most)d words; this one has %(n)d.")
            self.add_error("quote", said % {"most": QUOTE_WORDS, "n": len(quote.split())})
        elif self._proof_is_new(cleaned):
            texts = Texts() if self.texts is None else self.texts
            try:
                place = texts.of(cleaned["source"]).locate(quote, cleaned.get("paragraph"))
            except ValidationError as wrong:
                self.add_error(None, wrong)
            else:
                cleaned["paragraph"] = place
        return cleaned

    def _proof_is_new(self, cleaned):
        """What stood there before is left alone: publishing looks at it again."""
        whole = cleaned.get("source") and not PROOF_FIELDS & set(self.errors)
        return whole and PROOF_FIELDS & set(self.changed_data)

    def _post_clean(self):
        """Of a hundred rows the untouched ones are not saved, and so not held against the rules."""
        if self.instance.pk is None or self.has_changed():
            super()._post_clean()
