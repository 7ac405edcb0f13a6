"""SVG charts drawn on the server: status bar, time line of a unit, charts of figures.

No script and no style are needed, and a table says the same. Positions along a line are
percentages, so that words keep their size on a telephone. Numbers are given as text: a page's
language must not turn 12.5 into 12,5 in a coordinate.
"""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import get_language

from engagements.words import Kind, MeetingState

LANE, HEAD, FOOT = 46, 8, 44  # of a time line, in pixels
YEARS_SHOWN = 6  # at most: more would run into each other at 320 px
MARKS_MOST = 60
BARS = 6


def percent(part):
    return f"{100 * min(max(part, 0), 1):.2f}%"


# -- status bar


def stacked_bar(numbers, statuses):
    """Parts of a bar: where each begins and how wide it is, of 1000."""
    total, x, parts = sum(numbers.values()), 0, []
    for status in statuses:
        if number := numbers.get(status, 0):
            width = 1000 * number / total
            parts.append(
                {"status": status, "number": number, "x": f"{x:.1f}", "width": f"{width:.1f}"}
            )
            x += width
    return parts


# -- time line of a unit


class YearAxis:
    """An axis of days, with a margin at its end for what is planned."""

    def __init__(self, first, last):
        self.first = date(first.year, 1, 1)
        self.last = date(min(last.year, 9998) + 1, 1, 1)
        self.length = (self.last - self.first).days

    def at(self, day):
        return percent((day - self.first).days / self.length)

    def part(self, day):
        return (day - self.first).days / self.length

    def ticks(self):
        years = range(self.first.year, self.last.year)
        step = -(-len(years) // YEARS_SHOWN)
        return [{"x": self.at(date(year, 1, 1)), "year": str(year)} for year in years[::step]]


def _grouped_by_year(events):
    """Events of a unit and day; of a unit and year where there are too many to be told apart."""
    if len(events) <= MARKS_MOST:
        return {key: (key[1], True, counts) for key, counts in events.items()}
    grouped = {}
    for (unit, day), counts in sorted(events.items(), key=lambda event: event[0][1]):
        key = (unit, day.year)
        if key not in grouped:
            grouped[key] = (day, False, defaultdict(int))
        for what, number in counts.items():
            grouped[key][2][what] += number
    return grouped


def _shapes_of(counts):
    """The marks of a day: what happened, then what was set for it."""
    happened = "meeting" if counts.get(Kind.MEETING) else "news" if counts.get(Kind.UPDATE) else ""
    return [happened] * bool(happened) + [name for name in ("planned", "due") if counts.get(name)]


def lifeline(unit, atlas, events, today):
    """Predecessors, the unit and today on one axis, with what happened on each.

    `events` is {(unit's key, day): {"meeting": 1, "request": 4, …}}; a kind, "due" for due days, or
    "planned" for the first day of the window of a session that is not known to have been held.
    """
    lineage = list(reversed(atlas.lineage(unit)))
    joins = [(member, succession) for member in lineage for succession in atlas.origins(member)]
    known_days = [succession.effective_on for _member, succession in joins]
    known_days += [day for _unit, day in events]
    known_days += [member.ceased_on for member in lineage if member.ceased_on]
    if not events or not known_days:
        return None
    earliest = min(known_days)
    first = date(max(earliest.year - 1, 1), 1, 1)
    axis = YearAxis(first, max([today, *(day for _unit, day in events)]))
    lane_of = {member.pk: index for index, member in enumerate(lineage)}

    def y(key):
        return HEAD + 30 + LANE * lane_of[key]

    lanes = []
    for member in lineage:
        begins = axis.part(member.established_on) if member.established_on else 0
        begins = min(max(begins, 0), 1)
        is_right = begins > 0.7
        lanes.append(
            {
                "unit": member,
                "is_own": member.pk == unit.pk,
                "y": str(y(member.pk)),
                "label_y": str(y(member.pk) - 13),
                "label_x": "100%" if is_right else percent(begins),
                "anchor": "end" if is_right else "start",
                "x1": percent(begins),
                "x2": axis.at(member.ceased_on or axis.last),
            }
        )
    marks, rows = [], []
    for (key, _when), (day, is_day, counts) in sorted(
        _grouped_by_year(events).items(), key=lambda event: (event[1][0], lane_of[event[0][0]])
    ):
        of_unit = atlas.units[key]
        x = axis.at(day)
        marks += [
            {"shape": shape, "x": x, "y": str(y(key)), "is_past": day < today}
            for shape in _shapes_of(counts)
        ]
        rows.append({"unit": of_unit, "day": day, "is_day": is_day, "counts": dict(counts)})
    for member, succession in joins:
        rows.append({"unit": member, "day": succession.effective_on, "succession": succession})
    return {
        "height": str(HEAD + LANE * len(lineage) + FOOT),
        "axis_y": str(HEAD + LANE * len(lineage) + 22),
        "text_y": str(HEAD + LANE * len(lineage) + 38),
        "lanes": lanes,
        "joins": [
            {
                "x": axis.at(succession.effective_on),
                "y1": str(y(succession.predecessor_id)),
                "y2": str(y(member.pk)),
            }
            for member, succession in joins
        ],
        "marks": marks,
        "ticks": axis.ticks(),
        "today": axis.at(today),
        "rows": sorted(rows, key=lambda row: (row["day"], "succession" not in row)),
        "shapes": sorted({mark["shape"] for mark in marks}),
    }


def events_of(meetings, items, due):
    """Counts by unit and day, from (unit, day[, kind or state of a session], number)."""
    events = defaultdict(lambda: defaultdict(int))
    for unit, day, state, number in meetings:
        what = str(Kind.MEETING) if state == MeetingState.HELD else "planned"
        events[unit, day][what] += number
    for unit, day, kind, number in items:
        events[unit, day][str(kind)] += number
    for unit, day, number in due:
        events[unit, day]["due"] += number
    return events


# -- figures

WIDTH_BY_VALUE = 0.62  # the widest bar, beside which its value is written


def _value_bars(rows, top):
    bars = []
    for index, figure in enumerate(rows):
        value = Decimal(figure.data["value"])
        part = float(abs(value) / top) if top else 0
        bars.append(
            {
                "edition": figure,
                "y": str(index * 30),
                "text_y": str(index * 30 + 16),
                "width": percent(part * WIDTH_BY_VALUE),
                "value_x": percent(part * WIDTH_BY_VALUE + 0.02),
                "is_target": figure.data["is_target"],
            }
        )
    return bars


def _rank_steps(rows):
    """Ranks from year to year: 1 is on top, and lines join the years."""
    values = [Decimal(figure.data["value"]) for figure in rows]
    low, high = min(values), max(values)
    spread = float(high - low) or 1
    points = []
    for index, (figure, value) in enumerate(zip(rows, values, strict=True)):
        part = index / max(len(rows) - 1, 1)
        y = 26 + 44 * (float(value - low) / spread if high != low else 0.5)
        points.append(
            {
                "edition": figure,
                "x": percent(0.12 + 0.76 * part),
                "y": f"{y:.0f}",
                "value_y": f"{y - 10:.0f}",
                "is_target": figure.data["is_target"],
            }
        )
    lines = [
        {"x1": start["x"], "y1": start["y"], "x2": end["x"], "y2": end["y"]}
        for start, end in pairwise(points)
    ]
    return points, lines


def figure_charts(figures, indicators):
    """One chart an indicator and unit of measure: bars, or steps where a lower value is better."""
    groups = defaultdict(list)
    for figure in figures:
        groups[figure.type, figure.data["unit"], figure.province_id].append(figure)
    english = get_language() == "en"
    charts = []
    for (slug, unit, province), rows in groups.items():
        rows = sorted(
            rows, key=lambda figure: (figure.data["period_to"] or 0, figure.first_sequence)
        )
        indicator = indicators.get(slug)
        name = rows[0].data["indicator"]["name"]
        if indicator:
            name = (english and indicator["name_en"]) or indicator["name"]
        is_ranked = bool(indicator) and indicator["better"] == "lower" and len(rows) > 1
        is_ranked = is_ranked and all(figure.data["period_to"] for figure in rows)
        chart = {
            "name": name,
            "is_translated": english and bool(indicator and indicator["name_en"]),
            "unit": unit,
            "province": province,
            "rows": rows,
            "note": indicator["note"] if indicator else "",
            "better": indicator["better"] if indicator else "",
        }
        if is_ranked:
            chart["points"], chart["lines"] = _rank_steps(rows[-BARS:])
        elif len(rows) > 1:
            top = max(abs(Decimal(figure.data["value"])) for figure in rows)
            chart["bars"] = _value_bars(rows[-BARS:], top)
            chart["height"] = str(30 * len(rows[-BARS:]))
        charts.append(chart)
    return sorted(charts, key=lambda chart: "points" not in chart and "bars" not in chart)
