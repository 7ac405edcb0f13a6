"""Registration of the desk's screens: every module that registers one with the admin site."""

from . import (  # noqa: F401
    accounts,
    dashboard,
    editions,
    figures,
    followups,
    links,
    merging,
    officials,
    organizations,
    provinces,
    readers,
    reference,
    sources,
    webhooks,
    workbooks,
)
from .sessions import meetings, taken_up  # noqa: F401
