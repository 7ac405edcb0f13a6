"""QuerySet of rows that are addressed by a slug, the slugs they once had among them."""

from django.db import models


class SlugQuerySet(models.QuerySet):
    def get_by_natural_key(self, slug):
        return self.get(slug=slug)

    def formerly(self, slug):
        """The row that once bore this slug, for redirecting an old address, or None."""
        row = self.model.history.filter(slug=slug).order_by("-history_id").first()
        return row and self.filter(pk=row.id).exclude(slug=slug).first()
