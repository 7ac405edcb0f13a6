"""Rows of the demo register: saved through the models and published by a second account."""

from datetime import timedelta

from engagements.publication.loading import account
from engagements.publication.publishing import publish


class DemoRows:
    """Saves rows through the models, as an editor would, and publishes them as a second person."""

    def __init__(self, today):
        self.today = today
        self.author, self.publisher = account("vi-du-nhap"), account("vi-du-duyet")
        self.published = 0
        self.turn = 0

    def day(self, offset):
        return None if offset is None else self.today + timedelta(days=offset)

    def next(self, rows):
        """Each row in its turn, so that all are met."""
        self.turn += 1
        return rows[self.turn % len(rows)]

    def save(self, model, many=None, **values):
        row = model(**values)
        if hasattr(row, "created_by_id"):
            row.created_by = row.updated_by = self.author
        row._history_user = self.author
        row.full_clean()
        row.save()
        for name, others in (many or {}).items():
            getattr(row, name).set(others)
        return row

    def publish(self, record):
        publish(record, by=self.publisher)
        self.published += 1
        record.refresh_from_db()
        return record

    def edit(self, record, **values):
        for name, value in values.items():
            setattr(record, name, value)
        record.updated_by = record._history_user = self.author
        record.full_clean()
        record.save()
