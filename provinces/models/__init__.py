"""Models of who we talk to: provincial units through time, organizations, people and posts."""

from .constraints import not_empty, one_of
from .merging import standing_for
from .organizations import Organization, OrganizationKind, OrganizationSuccession
from .people import Officer, Official, Post, held
from .units import Atlas, Province, ProvinceKind, Succession, SuccessionKind

__all__ = [
    "Atlas",
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
    "held",
    "not_empty",
    "one_of",
    "standing_for",
]
