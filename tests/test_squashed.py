"""Squashed migrations: a new database is made by one, and is what the steps would have made."""

import pytest
from django.db.migrations.loader import MigrationLoader


@pytest.fixture(scope="module")
def states():
    """(models as the steps leave them, as the squashed migrations do)."""
    by_steps = MigrationLoader(None, replace_migrations=False).project_state(
        [("engagements", "0021_readings"), ("provinces", "0004_reference_organizations")]
    )
    at_once = MigrationLoader(None)
    squashed = [key for key, step in at_once.graph.nodes.items() if step.replaces]
    return by_steps, at_once.project_state(squashed)


@pytest.mark.parametrize("app", ["provinces", "engagements"])
def test_both_ways_lead_to_the_same_models(states, app):
    by_steps, at_once = (
        {key: state for key, state in way.models.items() if key[0] == app} for way in states
    )
    assert by_steps.keys() == at_once.keys()
    for key, model in by_steps.items():
        again = at_once[key]
        assert set(map(str, model.fields)) == set(map(str, again.fields)), key
        for name, field in model.fields.items():
            assert field.deconstruct()[1:] == again.fields[name].deconstruct()[1:], (key, name)
        unordered = ("constraints", "indexes")
        for option in model.options.keys() | again.options.keys():
            said = [way.options.get(option) for way in (model, again)]
            if option in unordered:
                said = [sorted(repr(row.deconstruct()) for row in rows or ()) for rows in said]
            assert said[0] == said[1], (key, option)
        assert (model.bases, model.managers) == (again.bases, again.managers), key
