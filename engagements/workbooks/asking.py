"""Questions about cells that can be read in several ways, and the answers that were given.

A question is asked once for all rows that have it; its answer is kept with the file, and the rows
are compared anew.
"""

import hashlib
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST_OPTIONS = 12
ANSWER_CHARACTERS = 300


@dataclass
class Question:
    """What a text in a column means: one of the options, or what a person types."""

    column: str
    text: str  # as it stands in the cell; empty for a column that the file has not
    options: list  # [[answer, label]]; none if the answer is typed
    rows: list = field(default_factory=list)  # numbers of the rows that have it
    answer: str = ""

    @property
    def key(self):
        """Names the question in a form: the same text with other options is another."""
        parts = "\n".join((self.column, self.text, *(answer for answer, _label in self.options)))
        return f"q{hashlib.sha256(parts.encode()).hexdigest()[:16]}"

    @property
    def refusal(self):
        """What is said on a row while there is no answer."""
        labels = "; ".join(label for _answer, label in self.options)
        text = _("“%(text)s” can be: %(labels)s. Choose above.")
        return ValidationError(text % {"text": self.text[:80], "labels": labels})

    def as_dict(self):
        return {
            "key": self.key,
            "column": self.column,
            "text": self.text,
            "options": self.options,
            "rows": self.rows,
            "answer": self.answer,
        }


class Asked(ValidationError):
    """A value that can be read in several ways: [(answer, label)]."""

    def __init__(self, text, options):
        self.text, self.options = text, options
        labels = "; ".join(label for _answer, label in options)
        super().__init__(f"“{text}”: {labels}", code="asked")


class Questions:
    """The questions that the rows of a file raise, each once, and the answers to them."""

    def __init__(self, answers):
        self.answers, self.by_key = answers, {}

    def ask(self, column, text, options, row=None):
        """The Question, with its answer if one of its options was chosen."""
        question = Question(column, text, [list(option) for option in options[:MOST_OPTIONS]])
        question = self.by_key.setdefault(question.key, question)
        if row is not None:
            question.rows.append(row)
        given = self.answers.get(question.key, "")[:ANSWER_CHARACTERS].strip()
        if not question.options or given in {answer for answer, _label in question.options}:
            question.answer = given
        return question
