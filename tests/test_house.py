"""The diagram of the packages in README is the one that their imports draw today."""

from tools import house


def test_the_diagram_is_current():
    assert house.TARGET.read_text(encoding="utf-8") == house.draw(house.imports())


def test_no_package_stands_on_itself():
    """The packages have no import circle: each stands on a floor of its own."""
    named = house.imports()
    assert all(room not in house.below(room, named) for room in named)
