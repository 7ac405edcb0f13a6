"""Registration of the desk's screens: every module that registers one with the admin site."""

from . import (  # noqa: F401
    accounts,
    dashboard,
    editions,
    figures,
    followups,
    indicators,
    links,
    merges,
    officials,
    organizations,
    provinces,
    reference,
    remarks,
    sent_digests,
    sources,
    subscriptions,
    tips,
    webhooks,
    workbooks,
)
from .readings import screen  # noqa: F401
from .sessions import attendances, meetings, taken_up  # noqa: F401
