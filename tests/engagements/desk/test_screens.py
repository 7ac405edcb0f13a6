"""Structure of the desk's screens: registered once, on few bases whose order cannot matter.

What a screen does beside lists and forms it declares as pages; one place makes their URLs.
"""

import ast
from collections import Counter
from itertools import combinations

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group, User

from engagements.desk.pages import READ, SEND
from engagements.desk.site import DeskSite
from engagements.models import Source
from tests.desk import address
from tests.factories import make_user

DESK = settings.BASE_DIR / "engagements" / "desk"
TREES = {
    str(path.relative_to(DESK)): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(DESK.rglob("*.py"))
}
SCREENS = sorted(admin.site._registry.values(), key=lambda screen: type(screen).__name__)
BASES = 6  # of ours under one screen


def ours(cls):
    return [base for base in cls.__mro__ if base.__module__.startswith("engagements.desk.")]


def classes():
    """Every class of ours that a screen, or an inline of one, is or stands on."""
    inlines = [inline for screen in SCREENS for inline in screen.inlines]
    return {base for cls in (*map(type, SCREENS), *inlines) for base in ours(cls)}


def named(node_type, name):
    """Modules of the desk in which something of that name is called, defined or imported."""
    given = {ast.Call: lambda node: getattr(node.func, "attr", getattr(node.func, "id", ""))}
    name_of = given.get(node_type, lambda node: node.name)
    return [
        module
        for module, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, node_type) and name_of(node) == name
    ]


def test_each_model_is_registered_once_in_a_module_of_the_desk():
    registered = Counter(
        ast.unparse(decorator.args[0])
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for decorator in node.decorator_list
        if ast.unparse(decorator).startswith("admin.register(")
    )
    assert set(registered) == {screen.model.__name__ for screen in SCREENS}
    assert [name for name, number in registered.items() if number > 1] == []
    assert named(ast.Call, "unregister") == []
    assert [screen for screen in SCREENS if type(screen) not in ours(type(screen))] == []


def test_screens_of_others_never_come_to_the_site():
    site = DeskSite(name="of-a-test")
    site.register([User, Group], admin.ModelAdmin)
    assert site._registry == {}


def test_a_screen_stands_on_few_bases():
    deep = {type(screen).__name__: len(ours(type(screen))) - 1 for screen in SCREENS}
    assert {name: number for name, number in deep.items() if number > BASES} == {}


def test_the_order_of_bases_cannot_matter():
    """No two of our bases of one class say the same thing, but for what both have from a third."""
    clashes = []
    for cls in classes():
        own = [base for base in cls.__bases__ if base in ours(base)]
        for one, other in combinations(own, 2):
            common = set(ours(one)) & set(ours(other))
            said = [
                {name for base in set(ours(side)) - common for name in vars(base)}
                for side in (one, other)
            ]
            both = {name for name in said[0] & said[1] if not _is_made_by_python(name)}
            clashes += [(cls.__name__, one.__name__, other.__name__, both)] if both else []
    assert clashes == []


def _is_made_by_python(name):
    return name.startswith("__") and name.endswith("__")


def test_urls_of_pages_are_made_in_one_place():
    assert named(ast.FunctionDef, "get_urls") == ["guarded.py", "subscriptions.py"]
    assert named(ast.Call, "admin_view") == ["pages.py", "site.py"]
    assert named(ast.alias, "HttpResponseNotAllowed") == ["site.py"]
    assert named(ast.alias, "TemplateResponse") == ["pages.py", "site.py"]


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: type(screen).__name__)
def test_pages_are_told_apart_and_ask_a_permission_of_their_screen(screen):
    for said in ("name", "path"):
        given = Counter(getattr(page, said) for page in screen.pages)
        assert [one for one, number in given.items() if number > 1] == []
    for page in screen.pages:
        assert callable(getattr(screen, f"has_{page.permission}_permission"))
        assert page.methods in (READ, SEND)


@pytest.mark.django_db
def test_a_page_answers_wrong_methods_before_it_looks_for_the_record(client):
    client.force_login(make_user(is_superuser=True))
    page = address(Source, "scan", 999)
    assert (client.post(page).status_code, client.get(page).status_code) == (405, 404)
