"""The staff's desk for sessions and what became of them."""

from . import (
    dashboard,
    editions,
    figures,
    followups,
    hooks,
    links,
    lists,
    meetings,
    merging,
    people,
    readers,
    sources,
    workbooks,
)

__all__ = [
    "dashboard",
    "editions",
    "figures",
    "followups",
    "hooks",
    "links",
    "lists",
    "meetings",
    "merging",
    "people",
    "readers",
    "sources",
    "workbooks",
]
