"""Who may name whom, read from the modules themselves: the walls of DESIGN stand in the imports.

config → engagements → provinces; the public half (engagements/edition) reads editions and
reference data, never the register; nothing of ours happens behind a save.
"""

import ast
from importlib.util import resolve_name
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from engagements.models import RECORDS as PUBLISHABLE
from engagements.models import Attendance, Indicator, Topic

REGISTER = (*PUBLISHABLE, Attendance)
ROOT = settings.BASE_DIR
MODULES = sorted(
    path.relative_to(ROOT)
    for folder in ("config", "provinces", "engagements")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
)
EDITION = Path("engagements/edition")
PUBLIC_HALF = [
    path
    for path in MODULES
    if path.is_relative_to(EDITION) and path.name not in ("compose.py", "publishing.py")
] + [path for path in MODULES if path.is_relative_to("engagements/templatetags")]
# Reference data, which lies beside the register in the models of engagements.
REFERENCE = {"engagements.reference.Topic", "engagements.reference.Indicator"}

# Writes that no history keeps and no version counts: where, and why there.
PAST_THE_MODELS = {
    "provinces/tracking.py": "writes the copies of lists that a history row has",
    "engagements/edition/publishing.py": "writes editions; mirrors the published status",
    "engagements/management/commands/erase_person.py": "erases a person from every past row",
    "engagements/management/commands/rebuild_search.py": "fills columns derived from others",
}
# Calls in which a relation is asked for by its name.
BY_KEYWORD = {"filter", "exclude", "get", "Q", "annotate", "aggregate"}
BY_TEXT = {
    "order_by",
    "values",
    "values_list",
    "only",
    "defer",
    "F",
    "Count",
    "OuterRef",
    "Prefetch",
}
BY_TEXT |= {"select_related", "prefetch_related", "Max", "Min", "Sum"}
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


def of(name, *packages):
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def calls(path):
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]


def name_of(call):
    """`filter` of `Edition.objects.filter(…)`, `Q` of `Q(…)`."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def ids(path):
    return str(path)


def test_the_modules_are_found():
    assert Path("provinces/models.py") in MODULES
    assert {path.name for path in PUBLIC_HALF} >= {
        "models.py",
        "records.py",
        "api.py",
        "filters.py",
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import engagements.models", ["engagements.models"]),
        ("from engagements.models import Topic as T", ["engagements.models.Topic"]),
        ("from . import words", ["engagements.words"]),
        ("from .words import Kind, Answer", ["engagements.words.Kind"]),
        ("from ..models import Meeting", ["engagements.models.Meeting"]),
        ("def late():\n    from ..models import base", ["engagements.models.base"]),
    ],
)
def test_imports_are_read_from_a_module(text, found):
    assert list(imports(EDITION / "x.py", ast.parse(text)))[:1] == found


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_provinces_never_name_engagements(path):
    if path.is_relative_to("provinces"):
        assert not [name for name in imports(path) if of(name, "engagements", "config")]
    if path.is_relative_to("engagements"):
        assert not [name for name in imports(path) if of(name, "config")]


@pytest.mark.parametrize("path", PUBLIC_HALF, ids=ids)
def test_the_public_half_never_imports_the_register(path):
    ours = [name for name in imports(path) if of(name, "engagements")]
    allowed = ("engagements.edition", *REFERENCE)
    assert [name for name in ours if not of(name, *allowed)] == []
    writers = ("engagements.publication.compose", "engagements.publication.publishing")
    assert [name for name in ours if of(name, *writers)] == []


@pytest.mark.parametrize("path", PUBLIC_HALF, ids=ids)
def test_the_public_half_has_no_way_round_its_imports(path):
    """Neither a model looked up by its name nor a relation that leads back into the register."""
    names = {node.id for node in ast.walk(tree(path)) if isinstance(node, ast.Name)}
    attributes = {node.attr for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)}
    assert not (names | attributes) & {"get_model", "get_models", "import_module", "__import__"}
    assert not attributes & ways_back()
    lookups = [
        keyword.arg or ""
        for call in calls(path)
        if name_of(call) in BY_KEYWORD
        for keyword in call.keywords
    ]
    lookups += [
        text.value
        for call in calls(path)
        if name_of(call) in BY_TEXT
        for text in call.args
        if isinstance(text, ast.Constant) and isinstance(text.value, str)
    ]
    assert not {lookup.lstrip("-").split("__")[0] for lookup in lookups} & ways_back()


def ways_back():
    """Names by which reference data leads to the register's rows: `official.attendances`."""
    reference = [*apps.get_app_config("provinces").get_models(), Topic, Indicator]
    found = {
        relation.get_accessor_name()
        for model in reference
        for relation in model._meta.related_objects
        if relation.related_model in REGISTER and relation.get_accessor_name()
    }
    assert {"attendances", "meetings", "commitments"} <= found
    return found


@pytest.mark.parametrize(
    "path", [path for path in MODULES if path.is_relative_to("engagements/readers")], ids=ids
)
def test_what_readers_ask_is_answered_from_editions(path):
    """Alerts and forms stand beside the public half: they read what it reads."""
    ours = [name for name in imports(path) if of(name, "engagements")]
    # The way out of the machine knows nothing of the register: webhooks take it.
    way_out = "engagements.outgoing"
    allowed = ("engagements.edition", "engagements.readers", way_out, *REFERENCE)
    assert [name for name in ours if not of(name, *allowed)] == []
    writers = ("engagements.publication.compose", "engagements.publication.publishing")
    assert [name for name in ours if of(name, *writers)] == []


def test_words_and_shapes_know_no_model():
    for name in ("words.py", "bodies.py", "triggers.py"):
        ours = [one for one in imports(EDITION / name) if of(one, "engagements", "provinces")]
        assert [one for one in ours if not of(one, "engagements.words")] == []


@pytest.mark.parametrize(
    "path", [path for path in MODULES if path.is_relative_to("engagements/models")], ids=ids
)
def test_the_register_knows_no_page_and_no_publication(path):
    ours = [name for name in imports(path) if of(name, "engagements.edition")]
    allowed = ("engagements.words", "engagements.edition.models")
    assert [name for name in ours if not of(name, *allowed)] == []
    outer = ("django.contrib.admin", "django.views", "django.shortcuts", "rest_framework")
    assert [name for name in imports(path) if of(name, *outer)] == []


# -- nothing happens behind a save


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_no_signals(path):
    signals = {
        name
        for name in imports(path)
        if "signals" in name.split(".") or of(name, "django.dispatch")
    }
    assert signals == LISTENING.get(str(path), set())
    decorators = {getattr(call.func, "id", getattr(call.func, "attr", "")) for call in calls(path)}
    assert "receiver" not in decorators


@pytest.mark.parametrize(
    "path", [path for path in MODULES if "models" in (*path.parts, path.stem)], ids=ids
)
def test_no_model_overrides_saving_or_deleting(path):
    methods = {
        method.name
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef)
        for method in node.body
        if isinstance(method, ast.FunctionDef)
    }
    assert not methods & {"save", "save_base", "delete", "_do_insert", "_do_update"}


def writes_past_the_models(path):
    """Calls that change rows without saving them: a bulk write, or `.update(field=value)`.

    A dict or a set is updated with what it is given, a queryset by naming fields; a method of the
    module's own called update is called on self.
    """
    found = []
    for call in calls(path):
        if not isinstance(call.func, ast.Attribute):
            continue
        own = isinstance(call.func.value, ast.Name) and call.func.value.id == "self"
        if call.func.attr == "update" and call.keywords and not call.args and not own:
            found.append(call.lineno)
        if call.func.attr in ("bulk_create", "bulk_update", "_raw_delete", "abulk_create"):
            found.append(call.lineno)
    return found


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_rows_are_written_past_their_models_in_one_place(path):
    assert bool(writes_past_the_models(path)) is (str(path) in PAST_THE_MODELS)


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_editions_are_written_in_one_place(path):
    """Only publishing makes rows of the edition; erasing personal data changes them."""
    written = {"Edition", "EditionLink", "CodeCounter"}
    made = {
        call.func.id
        for call in calls(path)
        if isinstance(call.func, ast.Name) and call.func.id in written
    }
    made |= {
        call.func.value.value.id
        for call in calls(path)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in ("create", "get_or_create", "update_or_create", "bulk_create")
        and isinstance(call.func.value, ast.Attribute)
        and isinstance(call.func.value.value, ast.Name)
        and call.func.value.value.id in written
    }
    assert not made or path == EDITION / "publishing.py"
