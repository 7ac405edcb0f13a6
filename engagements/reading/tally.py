"""Tally of what a reading found rightly, wrongly and not: precision, recall, F1."""

from dataclasses import dataclass


@dataclass
class Tally:
    """What was found rightly, wrongly and not; each measure is 0 where nothing was counted."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def add(self, other):
        self.tp, self.fp, self.fn = self.tp + other.tp, self.fp + other.fp, self.fn + other.fn

    @property
    def precision(self):
        return self.tp / (self.tp + self.fp) if self.tp + self.fp else 0.0

    @property
    def recall(self):
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else 0.0

    @property
    def f1(self):
        total = 2 * self.tp + self.fp + self.fn
        return 2 * self.tp / total if total else 0.0

    def as_json(self):
        told = {"p": self.precision, "r": self.recall, "f1": self.f1}
        return {key: round(value, 4) for key, value in told.items()} | {
            "tp": self.tp, "fp": self.fp, "fn": self.fn,
        }  # fmt: skip
