"""The words on screens: collects what is marked for translation and compiles the Vietnamese.

    words.py             brings locale/vi up to what the code holds, then compiles it
    words.py DRAFT.po …  the same, taking what is still empty from these files
    words.py --check     changes nothing; says what is missing and fails if anything is

Needs no gettext on the machine. The catalogue holds our own words and those that installed
add-ons leave in English; an entry of ours comes before theirs.
"""

import argparse
import ast
import re
import sys
from pathlib import Path

import django
import polib
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = ROOT / "locale" / "vi" / "LC_MESSAGES"
CODE = ("config", "provinces", "engagements")

# Where the words stand in a call: context, message, plural.
CALLS = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
CALL_IN_TEMPLATE = re.compile(r"\b(n?p?gettext|_)\(")
# On no screen of ours: names of other languages, Django's page of welcome, words for programmers.
NOT_SHOWN = {
    "conf/global_settings.py",
    "views/templates/default_urlconf.html",
    "core/management/commands/runserver.py",
    "db/models/fields/__init__.py",
    "db/models/fields/json.py",
    "db/models/fields/files.py",
    "db/models/fields/related.py",
}

site_packages = Path(django.__file__).parent.parent
ADD_ONS = {
    "django": (
        "django/conf", "django/contrib/admin", "django/contrib/auth", "django/contrib/contenttypes",
        "django/contrib/sessions", "django_filters", "simple_history",
        "rest_framework/exceptions.py",
    ),
    "djangojs": ("django/contrib/admin",),
}  # fmt: skip


# -- reading code and templates


def in_tree(tree):
    """(context, message, plural) of each call in parsed Python."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
        if name not in CALLS:
            continue
        words = []
        for place in CALLS[name]:
            argument = node.args[place] if place is not None and len(node.args) > place else None
            if isinstance(argument, ast.JoinedStr):
                raise ValueError(f"line {node.lineno}: an f-string cannot be translated")
            words.append(argument.value if isinstance(argument, ast.Constant) else None)
        if isinstance(words[1], str):
            yield tuple(words)


def in_python(text):
    return in_tree(ast.parse(text))


def in_template(text):
    """The same in a template, by way of what Django makes of it for gettext."""
    found = templatize(text)
    for start in CALL_IN_TEMPLATE.finditer(found):
        for end in re.finditer(r"\)", found[start.start() :]):
            try:
                tree = ast.parse(found[start.start() :][: end.end()])
            except SyntaxError:
                continue
            yield from in_tree(tree)
            break


def collect(*folders, skip=("migrations", "tests", "locale")):
    """{(context, message): (plural, files)} of everything marked for translation below."""
    found = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")) if folder.is_dir() else [folder]:
            if path.suffix not in (".py", ".html", ".txt") or set(skip) & set(path.parts):
                continue
            if path.suffix == ".txt" and "templates" not in path.parts:
                continue
            read = in_python if path.suffix == ".py" else in_template
            for context, message, plural in read(path.read_text(encoding="utf-8")):
                before = found.setdefault((context, message), (plural, []))
                if plural and not before[0]:
                    found[context, message] = (plural, before[1])
                place = str(path.relative_to(ROOT if path.is_relative_to(ROOT) else site_packages))
                if place not in found[context, message][1]:
                    found[context, message][1].append(place)
    return found


def ours():
    return collect(*(ROOT / name for name in (*CODE, "templates")))


def known_to_add_ons(domain):
    """What the add-ons' own Vietnamese catalogues translate; one serves for all."""
    known = set()
    for add_on in ADD_ONS[domain]:
        path = site_packages / add_on / "locale" / "vi" / "LC_MESSAGES" / f"{domain}.mo"
        if path.is_file():
            known |= {(one.msgctxt, one.msgid) for one in polib.mofile(str(path)) if one.msgid}
    return known


def shown_by(add_on, domain):
    """What an installed add-on marks for translation: {(context, message): (plural, [add-on])}."""
    folder = site_packages / add_on
    english = folder / "locale" / "en" / "LC_MESSAGES" / f"{domain}.po"
    if not english.is_file():
        return {key: (plural, [add_on]) for key, (plural, _places) in collect(folder).items()}
    return {
        (entry.msgctxt, entry.msgid): (entry.msgid_plural or None, [add_on])
        for entry in polib.pofile(str(english))
        if not entry.obsolete and not {place for place, _line in entry.occurrences} <= NOT_SHOWN
    }


def wanted(domain):
    """Everything that our catalogue of that domain must translate."""
    own = ours() if domain == "django" else {}
    left, known = {}, known_to_add_ons(domain)
    for add_on in ADD_ONS[domain]:
        for key, value in shown_by(add_on, domain).items():
            if key not in own and key not in known:
                left.setdefault(key, value)
    return {**own, **left}


# -- the catalogue


def path_of(domain, suffix="po"):
    return CATALOGUES / f"{domain}.{suffix}"


def catalogue(domain):
    path = path_of(domain)
    return {(e.msgctxt, e.msgid): e for e in polib.pofile(str(path))} if path.is_file() else {}


def compiled(path):
    """The bytes of the .mo that a .po gives."""
    return polib.pofile(str(path)).to_binary()


def is_done(entry):
    said = entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]
    return bool(said) and all(said) and "fuzzy" not in entry.flags


def is_shared(places):
    return any((site_packages / place).exists() for place in places)


def update(domain, drafts):
    """The catalogue with exactly the entries that are wanted, in a stable order."""
    known = {}
    for draft in drafts:
        for entry in polib.pofile(str(draft)):
            known.setdefault((entry.msgctxt, entry.msgid), entry)
    known |= {key: entry for key, entry in catalogue(domain).items() if is_done(entry)}
    made = polib.POFile(wrapwidth=100)
    made.metadata = {
        "Project-Id-Version": "sat-canh",
        "Language": "vi",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    rows = wanted(domain).items()
    for (context, message), (plural, places) in sorted(
        rows, key=lambda row: (is_shared(row[1][1]), row[1][1][0], row[0][1], row[0][0] or "")
    ):
        said = known.get((context, message)) or known.get((None, message))
        entry = polib.POEntry(
            msgctxt=context, msgid=message, occurrences=[(place, "") for place in places]
        )
        if re.search(r"%[(sd]", message):
            entry.flags.append("python-format")
        text = (said.msgstr_plural.get(0) or said.msgstr) if said else ""
        if plural:
            entry.msgid_plural = plural
            entry.msgstr_plural = {0: text}
        else:
            entry.msgstr = text
        made.append(entry)
    path_of(domain).parent.mkdir(parents=True, exist_ok=True)
    made.save(str(path_of(domain)))
    path_of(domain, "mo").write_bytes(compiled(path_of(domain)))


HOLDERS = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}")


def problems():
    """What is wrong with the catalogues, a line each."""
    for domain in ADD_ONS:
        entries = catalogue(domain)
        for key, (_plural, places) in wanted(domain).items():
            if key not in entries or not is_done(entries[key]):
                yield f"{domain}: not translated: {key[1]!r} ({places[0]})"
        for (_context, message), entry in entries.items():
            said = entry.msgstr_plural.get(0) or entry.msgstr
            asked = message if not entry.msgid_plural else entry.msgid_plural
            strange = set(HOLDERS.findall(said)) - set(HOLDERS.findall(asked + message))
            if strange:
                yield f"{domain}: {sorted(strange)} in the translation of {message!r} only"
        path = path_of(domain, "mo")
        if not path.is_file() or path.read_bytes() != compiled(path_of(domain)):
            yield f"{domain}.mo is not what {domain}.po gives: make words"


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--check", action="store_true")
    options.add_argument("drafts", nargs="*", type=Path)
    options = options.parse_args()
    if not settings.configured:
        settings.configure(USE_I18N=True)
    if not options.check:
        for domain in ADD_ONS:
            update(domain, options.drafts)
    found = list(problems())
    print("\n".join(found) or "Every word is translated.", file=sys.stderr if found else sys.stdout)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
