"""Reasons in words: why a paper is one of results or not, and why a passage is about an item."""

from django.utils.translation import gettext_lazy as _

PAPERS = {  # by `Paper.why`
    "names_items": _("it names items of the register by their codes"),
    "table": _("it has a table of results"),
    "says_so": _("it says that it answers or reports"),
    "takes_up": _("a later session goes through earlier items"),
    "session": _("it is about a session itself"),
    "nothing": _("nothing in it says that it answers or reports"),
}
MATCHES = {  # by `Match.how`
    "code": _("by its code"),
    "cited": _("by its words, and the paper cites its session"),
    "words": _("by its words"),
    "context": _("by what the paper says that it answers"),
    "several": _("it fits several items: choose one"),
    "perhaps": _("some of its words are the item's: look whether it is"),
    "unknown_code": _("no open item has this code; its words are like these"),
    "of_another": _("the code is that of another province or ministry"),
    "none": _("not in the register"),
    "withdrawn": _("withdrawn from the public: nothing is recorded of it any more"),
}
