"""About page: how the register is kept, and what its statuses, deadlines and answers mean."""

from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from engagements.words import Answer, Deadline, FollowUpStatus, SourceRank, Strength

from .base import PageMixin

DEADLINES_SHOWN = [deadline for deadline in Deadline if deadline.is_shown]

STATUS_MEANINGS = {
    FollowUpStatus.UNKNOWN: (
        gettext_lazy("Nothing published says what became of it."),
        gettext_lazy("A session was reported in the press; no later document speaks of it."),
    ),
    FollowUpStatus.NOT_STARTED: (
        gettext_lazy("It is known that nothing has been done yet."),
        gettext_lazy("The ministry writes that the work waits for a decree."),
    ),
    FollowUpStatus.IN_PROGRESS: (
        gettext_lazy("Work on it is known to have begun."),
        gettext_lazy("The province reports that a working group has been set up."),
    ),
    FollowUpStatus.PARTLY_DONE: (
        gettext_lazy("Part of it is done; the rest is still owed."),
        gettext_lazy("Two of five districts have been connected."),
    ),
    FollowUpStatus.DONE: (
        gettext_lazy("It is done, by the criterion on its page if there is one."),
        gettext_lazy("The handing-over is on record, with its day."),
    ),
    FollowUpStatus.PAUSED: (
        gettext_lazy("Work on it was stopped for a time."),
        gettext_lazy("A letter puts it off until the budget is settled."),
    ),
    FollowUpStatus.DROPPED: (
        gettext_lazy("It was said that it will not be done."),
        gettext_lazy("A conclusion notice takes the plan off the list."),
    ),
    FollowUpStatus.TRANSFERRED: (
        gettext_lazy("Another body has taken it over."),
        gettext_lazy("After a reorganization another ministry is named as responsible."),
    ),
}
DEADLINE_MEANINGS = {
    Deadline.NONE: (
        gettext_lazy("No day was given."),
        gettext_lazy("“The ministry will support the province.”"),
    ),
    Deadline.WORDS_ONLY: (
        gettext_lazy("Words were given that tell no day. It is never called overdue."),
        gettext_lazy("“The province will be answered as soon as possible.”"),
    ),
    Deadline.ONGOING: (
        gettext_lazy("It is to be done again and again, and has no last day."),
        gettext_lazy("“Both sides exchange information regularly.”"),
    ),
    Deadline.IN_TIME: (
        gettext_lazy("Its day is more than 30 days away."),
        gettext_lazy("Due on 30 June, read on 2 April."),
    ),
    Deadline.DUE_SOON: (
        gettext_lazy("Its day is at most 30 days away."),
        gettext_lazy("Due on 30 June, read from 31 May to 30 June."),
    ),
    Deadline.OVERDUE: (
        gettext_lazy("It is known to be unfinished, and its day has passed."),
        gettext_lazy("Due on 30 June; on 1 July the last news is “in progress”."),
    ),
    Deadline.PAST_UNKNOWN: (
        gettext_lazy("Its day has passed and nobody has reported. That is not called overdue."),
        gettext_lazy("Due on 30 June; on 1 July there is no news at all."),
    ),
    Deadline.ON_TIME: (
        gettext_lazy("It was done on its day or before."),
        gettext_lazy("Due on 30 June, done on 30 June."),
    ),
    Deadline.LATE: (
        gettext_lazy("It was done after its day."),
        gettext_lazy("Due on 30 June, done on 1 July."),
    ),
    Deadline.DONE_UNDATED: (
        gettext_lazy("It is done; on which day is not known."),
        gettext_lazy("A later report counts it as finished and gives no day."),
    ),
    Deadline.CLOSED: (
        gettext_lazy(
            "Paused, not to be done, transferred, a request that was explained, passed on or"
            " declined, or advice that was not taken up: no day is counted."
        ),
        gettext_lazy("Due on 30 June; in May it was put off without a new day."),
    ),
}
ANSWER_MEANINGS = {
    Answer.PROMISED: (
        gettext_lazy("The ministry promised it, alone or together with the province."),
        gettext_lazy("“The ministry will send experts this quarter.”"),
    ),
    Answer.OFFERED: (
        gettext_lazy("The ministry offered something, or said what is taken as a commitment."),
        gettext_lazy("“The ministry is ready to go along with the province.”"),
    ),
    Answer.ADVISED: (
        gettext_lazy("The ministry advised the province what to do itself."),
        gettext_lazy("“The province should begin with its own data.”"),
    ),
    Answer.EXPLAINED: (
        gettext_lazy("The ministry explained how things stand, and undertook nothing."),
        gettext_lazy("A letter says which rule applies."),
    ),
    Answer.PASSED_ON: (
        gettext_lazy("The ministry passed it on to somebody else."),
        gettext_lazy("A letter says that it was sent to the ministry whose field it is."),
    ),
    Answer.DECLINED: (
        gettext_lazy("The ministry said that it will not do it."),
        gettext_lazy("A letter says that the request is outside its powers."),
    ),
    Answer.POSSIBLY: (
        gettext_lazy(
            "Something said may answer it; the text does not tie the two, so this is our inference."
        ),
        gettext_lazy("The ministry spoke of another object, or of the session as a whole."),
    ),
    Answer.UNANSWERED: (
        gettext_lazy("No published document answers it. An answer may exist that is not here."),
        gettext_lazy("The article about the session names the request and nothing after it."),
    ),
}
STRENGTH_MEANINGS = {
    Strength.EXPLICIT: (
        gettext_lazy("It was said in so many words that it will be done."),
        gettext_lazy("“The ministry will …”, “the ministry undertakes to …”"),
    ),
    Strength.OFFER: (
        gettext_lazy("The ministry said that it is ready to, if the province wishes."),
        gettext_lazy("“The ministry can help with …”"),
    ),
    Strength.IMPLIED: (
        gettext_lazy("It follows from what was said; the page says why it is taken so."),
        gettext_lazy("“This will be piloted in the province.”"),
    ),
}


class About(PageMixin, TemplateView):
    template_name = "about.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            statuses=STATUS_MEANINGS.items(),
            deadlines=DEADLINE_MEANINGS.items(),
            answers=ANSWER_MEANINGS.items(),
            strengths=STRENGTH_MEANINGS.items(),
            ranks=SourceRank,
            **kwargs,
        )
