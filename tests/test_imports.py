"""Who may name whom, read from the imports themselves: the walls of the layout are a table.

A row says which of our packages the modules of a folder may import; whatever is not in its row is
an offender. Besides: nothing of ours happens behind a save, and editions are written in one place.
"""

import ast
from importlib.util import resolve_name
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from engagements.models import Attendance
from engagements.publication.kinds import RECORDS
from engagements.reference import Indicator, Topic

ROOT = settings.BASE_DIR
MODULES = sorted(
    path.relative_to(ROOT)
    for folder in ("config", "provinces", "engagements")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
)

# -- the table: folder or module → what its modules may name, besides itself

LISTS = (
    "engagements.words",
    "engagements.deadlines",
    "engagements.days",
    "engagements.statuses",
)  # closed lists and their rules
REFERENCE = (*LISTS, "engagements.reference", "provinces")
PUBLIC = (*REFERENCE, "engagements.edition")
PLAIN = (  # know no model
    "engagements.limits",
    "engagements.mail",
    "engagements.outgoing",
    "engagements.outages",
    "engagements.slots",
)
REGISTER = (*PUBLIC, "engagements.models")
PUBLISHED = (*REGISTER, "engagements.publication")
RULES = ("engagements.roles", "engagements.needs", "engagements.audit")
WORKING = (*PUBLISHED, *RULES, *PLAIN)
ANYTHING = ("engagements", "provinces", "config")
PACKAGES_OF_MODELS = (
    "engagements.edition.models",
    "engagements.publication.models",
    "engagements.workbooks.models",
    "engagements.readers.models",
    "engagements.webhooks.models",
    "engagements.desk.models",
)

MAY_NAME = {
    "provinces": (),
    "engagements.words": (),
    "engagements.deadlines": ("engagements.words", "engagements.deadline_words"),
    "engagements.deadline_words": (),
    "engagements.days": ("engagements.deadline_words",),
    "engagements.statuses": ("engagements.words", "engagements.deadlines"),
    "engagements.reference": (*LISTS, "provinces"),
    "engagements.limits": (),
    "engagements.mail": (),
    "engagements.outgoing": (),
    "engagements.outages": (),
    "engagements.slots": (),
    # what the public reads
    "engagements.edition": (*REFERENCE, "engagements.slots"),
    "engagements.pages": (*PUBLIC, *PLAIN),
    "engagements.templatetags": (*PUBLIC, "engagements.pages"),
    "engagements.api": (*PUBLIC, *PLAIN),
    "engagements.open_data": (*PUBLIC, *PLAIN),
    "engagements.readers": (*PUBLIC, *PLAIN),
    "engagements.webhooks": (*PUBLIC, *PLAIN),
    # what staff work in; of the edition the register names its rows alone
    "engagements.models": (*REFERENCE, "engagements.edition.models"),
    "engagements.publication": REGISTER,
    "engagements.roles": WORKING,
    "engagements.needs": WORKING,
    "engagements.audit": WORKING,
    "engagements.lookups": REGISTER,
    "engagements.reading": (*PUBLISHED, *PLAIN),
    "engagements.workbooks": (*WORKING, "engagements.lookups", "engagements.reading"),
    "engagements.desk": (
        *WORKING,
        "engagements.lookups",
        "engagements.reading",
        "engagements.workbooks",
        "engagements.readers",  # tips and subscriptions, which staff look after
        "engagements.webhooks",
    ),
    # Django finds every model here: the one module that is no wall.
    "engagements.models.__init__": (*REFERENCE, *PACKAGES_OF_MODELS),
    "engagements.apps": ANYTHING,
    "engagements.management": ANYTHING,
    "config": ANYTHING,
}

# Writes that no history keeps and no version counts: where, and why there.
PAST_THE_MODELS = {
    "provinces/tracking.py": "writes the copies of lists that a history row has",
    "engagements/desk/readings/keeping.py": "makes proposals, which have no history",
    "engagements/models/readings.py": "sweeps readings, which have no history",
    "engagements/publication/publishing.py": "moves records together, their history beside",
    "engagements/publication/issuing.py": "writes editions; mirrors the published status",
    "engagements/publication/erasing.py": "erases a person from every past row",
    "engagements/management/commands/rebuild_search.py": "fills columns derived from others",
}
# Calls in which a relation is asked for by its name.
BY_KEYWORD = {"filter", "exclude", "get", "Q", "annotate", "aggregate"}
BY_TEXT = {
    "order_by", "values", "values_list", "only", "defer", "F", "Count", "OuterRef", "Prefetch",
    "select_related", "prefetch_related", "Max", "Min", "Sum",
}  # fmt: skip
# Our one signal: Django's own word that a migrate is over.
LISTENING = {"engagements/apps.py": {"django.db.models.signals.post_migrate"}}


def tree(path):
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), filename=str(path))


def imports(path, source=None):
    """Full names of what a module imports, wherever in it the import stands."""
    package = ".".join(path.with_suffix("").parts[:-1])
    for node in ast.walk(source or tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = resolve_name("." * node.level + (node.module or ""), package)
            yield from (f"{module}.{alias.name}" for alias in node.names)


def is_in(name, *packages):
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def row_of(path):
    """The row of the table that a module stands in: the most particular one."""
    name = ".".join(path.with_suffix("").parts)
    rows = [row for row in MAY_NAME if is_in(name, row)]
    return max(rows, key=len, default=None)


def calls(path):
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]


def name_of(call):
    """`filter` of `Edition.objects.filter(…)`, `Q` of `Q(…)`."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


PUBLIC_HALF = [
    path
    for path in MODULES
    if row_of(path)
    and is_in(
        row_of(path),
        *(f"engagements.{name}" for name in ("edition", "pages", "api", "open_data", "readers")),
        "engagements.webhooks",
        "engagements.templatetags",
    )
]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("import engagements.models", ["engagements.models"]),
        ("from engagements.models import Topic as T", ["engagements.models.Topic"]),
        ("from . import models", ["engagements.edition.models"]),
        ("from .models import Edition, EditionLink", ["engagements.edition.models.Edition"]),
        ("from ..models import Meeting", ["engagements.models.Meeting"]),
        ("def late():\n    from ..models import base", ["engagements.models.base"]),
    ],
)
def test_imports_are_read_from_a_module(text, named):
    assert list(imports(Path("engagements/edition/x.py"), ast.parse(text)))[:1] == named


def test_every_module_stands_in_the_table():
    assert Path("provinces/models/units.py") in MODULES
    empty = [path for path in MODULES if not (ROOT / path).read_text(encoding="utf-8").strip()]
    assert [str(path) for path in MODULES if row_of(path) is None and path not in empty] == []
    rows = {row_of(path) for path in MODULES}
    assert [row for row in MAY_NAME if row not in rows] == []


def test_each_module_names_what_its_row_allows():
    offenders = []
    for path in MODULES:
        row = row_of(path)
        if row is None:
            continue
        allowed = (*MAY_NAME[row], row.removesuffix(".__init__"))
        ours = [name for name in imports(path) if is_in(name, *ANYTHING)]
        offenders += [f"{path} names {name}" for name in ours if not is_in(name, *allowed)]
    assert offenders == []


def test_the_models_are_gathered_and_nothing_else():
    body = tree(Path("engagements/models/__init__.py")).body
    names = {type(node).__name__ for node in body}
    assert names <= {"Expr", "ImportFrom", "Assign"}
    assigned = [node.targets[0].id for node in body if isinstance(node, ast.Assign)]
    assert assigned == ["__all__"]


def test_the_public_half_has_no_way_round_its_imports():
    """Neither a model looked up by its name nor a relation that leads back into the register."""
    offenders, back = [], ways_back()
    for path in PUBLIC_HALF:
        nodes = list(ast.walk(tree(path)))
        names = {node.id for node in nodes if isinstance(node, ast.Name)}
        attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        lookups = {lookup.lstrip("-").split("__")[0] for lookup in lookups_in(path)}
        by_name = {"get_model", "get_models", "import_module", "__import__"}
        round_it = (names | attributes) & by_name | attributes & back | lookups & back
        offenders += [f"{path}: {name}" for name in sorted(round_it)]
    assert offenders == []


def lookups_in(path):
    """Relations that a module asks a queryset for, by keyword or by text."""
    for call in calls(path):
        if name_of(call) in BY_KEYWORD:
            yield from (keyword.arg or "" for keyword in call.keywords)
        if name_of(call) in BY_TEXT:
            for argument in call.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


def ways_back():
    """Names by which reference data leads to the register's rows: `official.attendances`."""
    reference = [*apps.get_app_config("provinces").get_models(), Topic, Indicator]
    names = {
        relation.get_accessor_name()
        for model in reference
        for relation in model._meta.related_objects
        if relation.related_model in (*RECORDS, Attendance) and relation.get_accessor_name()
    }
    assert {"attendances", "meetings", "commitments"} <= names
    return names


def test_the_public_half_reads_accepted_indicators_alone():
    """A proposed one is named by no edition: only the whole list could give it away."""
    asked = []
    for path in PUBLIC_HALF:
        for node in ast.walk(tree(path)):
            manager = getattr(node, "value", None)
            model = getattr(getattr(manager, "value", None), "id", "")
            if model == "Indicator" and getattr(manager, "attr", "") == "objects":
                asked.append((str(path), node.attr))
    assert len(asked) >= 6
    assert [place for place in asked if place[1] != "public"] == []


def test_the_register_knows_no_page():
    outer = ("django.contrib.admin", "django.views", "django.shortcuts", "rest_framework")
    register = [path for path in MODULES if path.is_relative_to("engagements/models")]
    assert [
        f"{path} names {name}" for path in register for name in imports(path) if is_in(name, *outer)
    ] == []


# -- nothing happens behind a save


def test_no_signals():
    offenders = []
    for path in MODULES:
        signals = {
            name
            for name in imports(path)
            if "signals" in name.split(".") or is_in(name, "django.dispatch")
        }
        signals -= LISTENING.get(str(path), set())
        decorators = {name_of(call) for call in calls(path)} & {"receiver"}
        offenders += [f"{path}: {name}" for name in sorted(signals | decorators)]
    assert offenders == []


def test_no_model_overrides_saving_or_deleting():
    overriding = {"save", "save_base", "delete", "_do_insert", "_do_update"}
    offenders = [
        f"{path}: {node.name}.{method.name}"
        for path in MODULES
        if "models" in (*path.parts, path.stem)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef)
        for method in node.body
        if isinstance(method, ast.FunctionDef) and method.name in overriding
    ]
    assert offenders == []


def writes_past_the_models(path):
    """Lines of calls that change rows without saving them: a bulk write, `.update(field=value)`.

    A dict or a set is updated with what it is given, a queryset by naming fields; a method of the
    module's own called update is called on self.
    """
    bulk = ("bulk_create", "bulk_update", "_raw_delete", "abulk_create")
    lines = []
    for call in calls(path):
        if not isinstance(call.func, ast.Attribute):
            continue
        own = isinstance(call.func.value, ast.Name) and call.func.value.id == "self"
        if call.func.attr == "update" and call.keywords and not call.args and not own:
            lines.append(call.lineno)
        if call.func.attr in bulk:
            lines.append(call.lineno)
    return lines


def test_rows_are_written_past_their_models_in_named_places():
    writing = {str(path) for path in MODULES if writes_past_the_models(path)}
    assert writing == set(PAST_THE_MODELS)


def test_editions_are_written_in_one_place():
    """Only issuing makes rows of the edition; erasing personal data changes them."""
    written = {"Edition", "EditionLink", "CodeCounter"}
    making = ("create", "get_or_create", "update_or_create", "bulk_create")
    writers = set()
    for path in MODULES:
        for call in calls(path):
            if isinstance(call.func, ast.Name) and call.func.id in written:
                writers.add(str(path))
            manager = getattr(call.func, "value", None)
            model = getattr(getattr(manager, "value", None), "id", "")
            if name_of(call) in making and model in written:
                writers.add(str(path))
    assert writers == {"engagements/publication/issuing.py"}


def test_no_module_imports_itself_through_others():
    """No import circle, wherever in a module the import stands."""
    modules = {".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in MODULES}
    named = {}
    for path in MODULES:
        module = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
        origins = {name if name in modules else name.rpartition(".")[0] for name in imports(path)}
        named[module] = (origins & modules) - {module}
    # Django's models are gathered in one package that its own modules lie in: no circle of ours.
    del named["engagements.models"]
    while bottom := [module for module, rest in named.items() if not rest & set(named)]:
        for module in bottom:
            del named[module]
    assert sorted(named) == []
