"""Diagram of the packages, drawn from their imports (docs/house.svg; `make house`).

A package stands below those that import it; a line leads down to each package that it names and
that nothing between the two names already.
"""

import ast
import sys
from importlib.util import resolve_name
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "house.svg"

# Package or module → what it is, in a few words, and whose: everybody's, the public's, staff's.
ROOMS = {
    "words": ("closed lists", "all"),
    "provinces": ("who we talk to", "all"),
    "deadlines": ("deadline states", "all"),
    "reference": ("topics, indicators", "all"),
    "edition": ("what the public reads", "public"),
    "pages": ("HTML, feeds, calendars", "public"),
    "api": ("the REST API", "public"),
    "open_data": ("dumps, dictionary, catalogue", "public"),
    "readers": ("alerts, tips", "public"),
    "webhooks": ("what other machines are told", "public"),
    "models": ("the register", "staff"),
    "publication": ("from register to edition", "staff"),
    "reading": ("from a document to drafts", "staff"),
    "roles": ("who may do what", "staff"),
    "workbooks": ("Excel in and out, letters", "staff"),
    "desk": ("every staff screen", "staff"),
}
FILL = {"all": "#f3ecdd", "public": "#dcebe3", "staff": "#f6e3b8"}
WIDTH, HEIGHT, GAP, RISE = 176, 46, 14, 44


def room_of(name):
    """The room that a module of ours belongs to; None for none of them."""
    parts = name.split(".")
    if parts[0] == "provinces":
        return "provinces"
    return parts[1] if parts[0] == "engagements" and len(parts) > 1 and parts[1] in ROOMS else None


def label(room):
    """`edition/` of a package, `words.py` of a module."""
    folder = ROOT / ("provinces" if room == "provinces" else f"engagements/{room}")
    return f"{room}/" if folder.is_dir() else f"{room}.py"


def imports():
    """{room: rooms that its modules name}."""
    named = {room: set() for room in ROOMS}
    for folder in ("provinces", "engagements"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            room = room_of(module.removesuffix(".__init__"))
            # The one module that gathers every package's models is no arrow of theirs.
            if room is None or module == "engagements.models.__init__" or "migrations" in module:
                continue
            package = module.rpartition(".")[0]
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom):
                    origin = resolve_name("." * node.level + (node.module or ""), package)
                    names = [f"{origin}.{alias.name}" for alias in node.names]
                    named[room] |= {room_of(name) for name in names} - {None, room}
    return named


def below(room, named):
    """Every room that a room names, directly or through others."""
    rooms = set(named[room])
    for other in named[room]:
        rooms |= below(other, named)
    return rooms


def floors(named):
    """Rooms by the number of rooms that stand under them one upon the other."""
    level = {}

    def height(room):
        if room not in level:
            level[room] = 1 + max((height(other) for other in named[room]), default=-1)
        return level[room]

    for room in named:
        height(room)
    return [
        [room for room in ROOMS if level[room] == floor] for floor in range(max(level.values()) + 1)
    ]


def draw(named):
    """The diagram as SVG."""
    rows = floors(named)
    width = max(len(row) for row in rows) * (WIDTH + GAP) + GAP
    height = len(rows) * (HEIGHT + RISE) - RISE + 2 * GAP
    place = {}
    for floor, row in enumerate(rows):
        left = (width - len(row) * (WIDTH + GAP) + GAP) / 2
        top = height - GAP - HEIGHT - floor * (HEIGHT + RISE)
        for number, room in enumerate(row):
            place[room] = (left + number * (WIDTH + GAP), top)
    lines, boxes = [], []
    for room, rooms in named.items():
        direct = rooms - set().union(*(below(other, named) for other in rooms))
        x, y = place[room]
        for other in sorted(direct):
            to_x, to_y = place[other]
            lines.append(
                f'<path d="M{x + WIDTH / 2:g} {y + HEIGHT:g}L{to_x + WIDTH / 2:g} {to_y:g}"/>'
            )
    for room, (what, whose) in ROOMS.items():
        x, y = place[room]
        middle = x + WIDTH / 2
        box = f'x="{x:g}" y="{y:g}" width="{WIDTH}" height="{HEIGHT}" rx="5" fill="{FILL[whose]}"'
        boxes.append(
            f"<rect {box}/>"
            f'<text x="{middle:g}" y="{y + 19:g}" font-weight="600">{label(room)}</text>'
            f'<text x="{middle:g}" y="{y + 35:g}" font-size="11">{what}</text>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}"'
        ' font-family="sans-serif" font-size="14" text-anchor="middle" fill="#22312b">\n'
        f'<rect width="{width:g}" height="{height:g}" fill="#fffdf8"/>\n'
        f'<g stroke="#8a9a92" fill="none">{"".join(lines)}</g>\n' + "\n".join(boxes) + "\n</svg>\n"
    )


if __name__ == "__main__":
    made = draw(imports())
    if "--check" in sys.argv:
        sys.exit(0 if TARGET.is_file() and TARGET.read_text(encoding="utf-8") == made else 1)
    TARGET.write_text(made, encoding="utf-8")
