"""The staff's desk for sessions and what became of them."""

from . import editions, figures, followups, lists, meetings, people, readers, sources

__all__ = [
    "editions",
    "figures",
    "followups",
    "lists",
    "meetings",
    "people",
    "readers",
    "sources",
]
