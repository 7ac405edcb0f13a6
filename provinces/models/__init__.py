"""Models of who we talk to: provincial units through time, organizations, people and posts."""

from .constraints import CheckedAtOnce, all_hold, not_empty, one_of
from .merging import resolve_merge
from .organizations import (
    REFERENCE_KINDS,
    Organization,
    OrganizationKind,
    OrganizationSuccession,
)
from .people import Officer, Official, Post, unambiguous_post
from .units import Atlas, Province, ProvinceKind, Succession, SuccessionKind

__all__ = [
    "REFERENCE_KINDS",
    "Atlas",
    "CheckedAtOnce",
    "Officer",
    "Official",
    "Organization",
    "OrganizationKind",
    "OrganizationSuccession",
    "Post",
    "Province",
    "ProvinceKind",
    "Succession",
    "SuccessionKind",
    "all_hold",
    "not_empty",
    "one_of",
    "resolve_merge",
    "unambiguous_post",
]
