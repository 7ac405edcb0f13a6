"""Quotation check: whether the text of a source holds a quotation, and in which paragraph.

Compared in Unicode's composed form, without hidden characters and with single spaces, otherwise
character by character: misprints are kept as the source has them.
"""

from collections import Counter
from difflib import SequenceMatcher

from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from provinces.vietnamese import comparable, fold

from .base import QUOTE_WORDS, Evidenced
from .sources import Source

SEARCHED_WORDS = 60_000  # no nearest passage is looked for in a longer text
WINDOWS_COMPARED = 4  # windows of words that are compared in order, after counting what they share


def too_long(quote):
    return len(quote.split()) > QUOTE_WORDS


class SourceText:
    """The paragraphs of one source, read once and asked about each of its quotations."""

    def __init__(self, source):
        self.paragraphs = [comparable(paragraph) for paragraph in source.paragraphs()]
        self._words = None

    def __bool__(self):
        return bool(self.paragraphs)

    def paragraphs_with(self, quote):
        """Numbers of the paragraphs in which the quotation stands."""
        quote = comparable(quote)
        return [
            number
            for number, paragraph in enumerate(self.paragraphs, start=1)
            if quote in paragraph and _whole_words(quote, paragraph)
        ]

    def locate(self, quote, paragraph):
        """The paragraph that the quotation stands in; ValidationError tells why it is not found.

        Without a quotation, or without a text to look into, it is the one that was given.
        """
        if not self or (paragraph is None and not quote):
            return paragraph
        if paragraph is not None and paragraph > len(self.paragraphs):
            raise ValidationError(
                {
                    "paragraph": _("The text of the source has %(n)d paragraphs.")
                    % {"n": len(self.paragraphs)}
                }
            )
        numbers = self.paragraphs_with(quote) if quote else [paragraph]
        if paragraph in numbers:
            return paragraph
        if not numbers:
            raise ValidationError({"quote": self._not_found_message(quote, paragraph)})
        listed = ", ".join(map(str, numbers))
        if paragraph is not None:
            raise ValidationError(
                {
                    "paragraph": _("The quotation stands in paragraph %(found)s, not in %(given)s.")
                    % {"found": listed, "given": paragraph}
                }
            )
        if len(numbers) > 1:
            raise ValidationError(
                {
                    "paragraph": _("The quotation stands in paragraphs %(found)s: say which.")
                    % {"found": listed}
                }
            )
        return numbers[0]

    def _not_found_message(self, quote, paragraph):
        """What to say of a quotation that stands nowhere, with the passage most like it."""
        message = (
            _("The source does not say this in paragraph %(n)d, nor elsewhere.") % {"n": paragraph}
            if paragraph
            else _("The source does not say this.")
        )
        nearest = self.nearest(quote)
        if nearest is None:
            return message
        number, words = nearest
        return " ".join(
            [
                message,
                _("Nearest, in paragraph %(n)d: “%(passage)s”.")
                % {"n": number, "passage": " ".join(words)},
                _("What differs: %(words)s.")
                % {"words": _differences(comparable(quote).split(), words)},
            ]
        )

    def nearest(self, quote):
        """(paragraph, words) of the passage most like the quotation; None if nothing is like it.

        Windows of as many words are slid over the text, counting the words they share with it;
        the best few are compared in order. Words that were typed without marks are looked for
        without marks, when nothing is like them as they stand.
        """
        if self._words is None:
            self._words = [paragraph.split() for paragraph in self.paragraphs]
        if sum(map(len, self._words)) > SEARCHED_WORDS:
            return None
        wanted = comparable(quote).split()
        for read in (_bare_word, _Folded().__getitem__):
            if passage := self._nearest(wanted, read):
                return passage
        return None

    def _nearest(self, wanted, read):
        """The same, for words as `read` reads each of them."""
        best = []  # (words shared, paragraph, start)
        for number, words in enumerate(self._words, start=1):
            for shared, start in _windows(wanted, words, read):
                best.append((-shared, number, start))
            best = sorted(best)[:WINDOWS_COMPARED]
        passages = [
            (number, _trimmed(wanted, self._words[number - 1], start, read))
            for _shared, number, start in best
        ]
        text = " ".join(map(read, wanted))

        def likeness(passage):
            return SequenceMatcher(None, text, " ".join(map(read, passage[1]))).ratio()

        return max(passages, key=likeness, default=None)


def _whole_words(quote, paragraph):
    """Whether it stands there without cutting a word in two."""
    start = paragraph.find(quote)
    while start >= 0:
        end = start + len(quote)
        cut_before = start > 0 and quote[0].isalnum() and paragraph[start - 1].isalnum()
        cut_after = end < len(paragraph) and quote[-1].isalnum() and paragraph[end].isalnum()
        if not (cut_before or cut_after):
            return True
        start = paragraph.find(quote, start + 1)
    return False


def _unpointed(word):
    return word.strip(".,;:!?…()[]“”\"'‘’")


def _bare_word(word):
    return _unpointed(word).casefold()


class _Folded(dict):
    """Words without marks; each is folded once, since a long text says the same ones again."""

    def __missing__(self, word):
        self[word] = folded = fold(word)
        return folded


def _windows(wanted, words, read):
    """(words shared, start) of the windows that share half of the wanted words, best first."""
    need = Counter(map(read, wanted))
    size = min(len(wanted), len(words))
    bare = [read(word) for word in words]
    counts, shared, windows = Counter(), 0, []
    for index, word in enumerate(bare):
        counts[word] += 1
        shared += counts[word] <= need[word]
        if index >= size:
            gone = bare[index - size]
            shared -= counts[gone] <= need[gone]
            counts[gone] -= 1
        if index >= size - 1 and shared * 2 >= len(wanted):
            windows.append((shared, index - size + 1))
    return sorted(windows, key=lambda window: (-window[0], window[1]))[:WINDOWS_COMPARED]


def _trimmed(wanted, words, start, read):
    """The window, from the first to the last word that it shares with what is wanted."""
    near = words[max(start - 2, 0) : start + len(wanted) + 2]
    same = SequenceMatcher(None, [*map(read, wanted)], [*map(read, near)], autojunk=False)
    blocks = same.get_matching_blocks()[:-1]
    if not blocks:
        return words[start : start + len(wanted)]
    first, last = blocks[0], blocks[-1]
    begin = max(first.b - first.a, 0)
    return near[begin : last.b + last.size + len(wanted) - last.a - last.size]


def _differences(wanted, passage):
    """The words that differ: “sát canh” → “sát cánh”; punctuation, if nothing else does."""
    read = [[_unpointed(word) for word in words] for words in (wanted, passage)]
    if read[0] == read[1]:
        read = wanted, passage
    steps = SequenceMatcher(None, *read, autojunk=False).get_opcodes()
    return "; ".join(
        f"“{' '.join(wanted[a:b]) or '—'}” → “{' '.join(passage[c:d]) or '—'}”"
        for step, a, b, c, d in steps
        if step != "equal"
    )


class Texts(dict):
    """Texts of sources by key, each read once."""

    def __missing__(self, key):
        return self.of(Source.objects.only("text").filter(pk=key).first() or Source(pk=key))

    def of_row(self, row):
        """The text of the source that a row names, which it may have at hand."""
        return self.of(row.source) if Evidenced.source.is_cached(row) else self[row.source_id]

    def of(self, source):
        """The text of a source that is at hand."""
        if source.pk not in self:
            self[source.pk] = SourceText(source)
        return self[source.pk]


def quotation_problems(rows, texts=None):
    """Why quotations of these rows cannot stand as they are, one message each."""
    texts = Texts() if texts is None else texts
    reasons = []
    for row in rows:
        if too_long(row.quote):
            reasons.append(
                _("A quotation has at most 20 words: “%(quote)s”") % {"quote": row.quote}
            )
        elif row.source_id and (row.quote or row.paragraph):
            try:
                texts.of_row(row).locate(row.quote, row.paragraph)
            except ValidationError as error:
                prefix = f"“{row.quote}”: " if row.quote else ""
                reasons += [f"{prefix}{message}" for message in error.messages]
    return reasons


def rows_off_the_text(source):
    """Rows whose quotation or paragraph doesn't stand in the text that the source has now."""
    texts = Texts()
    texts.of(source)
    rows = [
        row
        for model in apps.get_models()
        if issubclass(model, Evidenced)
        for row in model.objects.filter(source=source).order_by("pk")
    ]
    return [row for row in rows if quotation_problems([row], texts)]
