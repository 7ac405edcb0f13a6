"""Tile map of the provinces as SVG: a tile a unit of today, with Hoàng Sa and Trường Sa, always."""

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

COLUMNS, ROWS = 7, 17
WIDTH, HEIGHT = 62, 54
ISLANDS_WIDTH = 84  # their names are longer, and the sea is wide

# Column and row, counted from 1: nearer to the shape of the country than to its size.
TILE_POSITIONS = {
    "lai-chau": (1, 1), "lao-cai": (2, 1), "tuyen-quang": (3, 1), "cao-bang": (4, 1),
    "dien-bien": (1, 2), "son-la": (2, 2), "phu-tho": (3, 2), "thai-nguyen": (4, 2),
    "lang-son": (5, 2), "ha-noi": (3, 3), "bac-ninh": (4, 3), "hai-phong": (5, 3),
    "quang-ninh": (6, 3), "ninh-binh": (3, 4), "hung-yen": (4, 4), "thanh-hoa": (3, 5),
    "nghe-an": (3, 6), "ha-tinh": (3, 7), "quang-tri": (4, 8), "hue": (4, 9),
    "da-nang": (5, 10), "quang-ngai": (5, 11), "gia-lai": (5, 12), "dak-lak": (5, 13),
    "tay-ninh": (2, 14), "dong-nai": (3, 14), "lam-dong": (4, 14), "khanh-hoa": (5, 14),
    "an-giang": (1, 15), "dong-thap": (2, 15), "ho-chi-minh": (3, 15), "can-tho": (1, 16),
    "vinh-long": (2, 16), "ca-mau": (1, 17),
}  # fmt: skip
ISLANDS = {("QĐ.", "Hoàng Sa"): (7, 9), ("QĐ.", "Trường Sa"): (7, 14)}
SHORT_NAMES = {"ho-chi-minh": ("TP.", "HCM")}
CLASSES = 3  # shades beside that of nothing


class Measure(models.TextChoices):
    """What the tiles are coloured by; the reader chooses."""

    ITEMS = "items", gettext_lazy("Items in all")
    UNANSWERED = "unanswered", gettext_lazy("Requests without a recorded answer")
    PAST = "past", gettext_lazy("Past their day, without news")
    OVERDUE = "overdue", gettext_lazy("Overdue")
    DONE = "done", gettext_lazy("Reported done, of all items")
    CONFIRMED = "confirmed", gettext_lazy("Done and confirmed, of all items")

    @property
    def count(self):
        """The count of a unit that it shows, by its name in edition/counts.py."""
        names = {"items": "total", "past": "past_unknown", "confirmed": "done_confirmed"}
        return names.get(self.value, self.value)

    @property
    def is_share(self):
        return self in (Measure.DONE, Measure.CONFIRMED)


def _corner(column, row):
    return {"x": (column - 1) * WIDTH, "y": (row - 1) * HEIGHT}


def _lines(name):
    first, *rest = name.split()
    return (first, " ".join(rest)) if rest else (first,)


def value_of(row, measure):
    """The number on a tile; for a share the percentage, None where there is nothing to share."""
    number = row[measure.count]
    if measure.is_share:
        return round(100 * number / row["total"]) if row["total"] else None
    return number


def _bounds(values, measure):
    """The first value of each shade: equal steps up to the greatest, whole numbers."""
    top = 100 if measure.is_share else max(values, default=0)
    steps = [1 + top * step // CLASSES for step in range(CLASSES)]
    return sorted(set(steps)) if top else []


def _legend(bounds, top, measure):
    share = measure.is_share
    parts = [{"shade": 0, "label": _("0%") if share else _("none")}]
    for index, low in enumerate(bounds):
        high = bounds[index + 1] - 1 if index + 1 < len(bounds) else top
        numbers = {"low": low, "high": high}
        if share:
            label = _("%(low)s–%(high)s%%") % numbers
        elif low == high:
            label = ngettext("%(low)s item", "%(low)s items", low) % numbers
        else:
            label = _("%(low)s–%(high)s items") % numbers
        parts.append({"shade": index + 1, "label": label})
    if share:
        parts.append({"shade": "no", "label": _("no item")})
    return parts


def tile_map(rows, measure=Measure.ITEMS):
    """Tiles of the rows (a unit with its counts) that are on the map, and those of the islands."""
    values = [value for row in rows if (value := value_of(row, measure)) is not None]
    bounds = _bounds(values, measure)
    tiles = []
    for row in rows:
        slug = row["unit"].slug
        if slug in TILE_POSITIONS:
            value = value_of(row, measure)
            shade = "no" if value is None else sum(value >= bound for bound in bounds)
            lines = SHORT_NAMES.get(slug) or _lines(row["unit"].name)
            tiles.append(
                row
                | _corner(*TILE_POSITIONS[slug])
                | {"lines": lines, "shade": shade, "value": value}
            )
    islands = [{"lines": lines} | _corner(*where) for lines, where in ISLANDS.items()]
    top = 100 if measure.is_share else max(values, default=0)
    return {
        "measure": measure,
        "measures": list(Measure),
        "is_share": measure.is_share,
        "tiles": tiles,
        "islands": islands,
        "legend": _legend(bounds, top, measure),
        "width": (COLUMNS - 1) * WIDTH + ISLANDS_WIDTH,
        "height": ROWS * HEIGHT,
    }
