"""Kinds of news: what a paper of results says became of an item."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class NewsKind(TextChoices):
    """What a passage says became of an item."""

    DONE = "done", _("Done")
    PARTLY_DONE = "partly_done", _("Partly done")
    IN_PROGRESS = "in_progress", _("In progress")
    NOT_STARTED = "not_started", _("Not started")
    HOLDING = "holding", _("An answer is promised")
    NOT_OURS = "not_ours", _("Another organization's")
    ALREADY_ANSWERED = "already_answered", _("Answered before")
    NOT_TAKEN_UP = "not_taken_up", _("Not taken up")
    EXPLAINED = "explained", _("Explained")
    TAKEN_BACK = "taken_back", _("Recalled")
    ASKS = "asks", _("Asks for something")
    TOLD = "told", _("Says something else")
