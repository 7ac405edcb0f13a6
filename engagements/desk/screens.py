"""The staff's desk for sessions and what became of them."""

from . import (
    dashboard,
    editions,
    figures,
    followups,
    links,
    merging,
    people,
    readers,
    sources,
    workbooks,
)
from . import reference as lists
from . import webhooks as hooks
from .sessions import meetings

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
