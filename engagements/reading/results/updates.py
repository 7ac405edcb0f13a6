"""Fields of the update that a piece of news fills: status, answer, response, days, next step.

Pure; what names rows of the register (an organization, an earlier update) stays a name here and is
looked up by `store`. What news does not say stays empty: no status is made of a promise to answer.
"""

from datetime import date

from engagements.words import (
    Basis,
    FollowUpStatus,
    Kind,
    Response,
    Side,
    UpdateAnswer,
    Voice,
)

from .kinds import NewsKind

VOICES = {Side.MINISTRY: Voice.MINISTRY, Side.PROVINCE: Voice.PROVINCE}
STATUSES = {
    NewsKind.DONE: FollowUpStatus.DONE,
    NewsKind.PARTLY_DONE: FollowUpStatus.PARTLY_DONE,
    NewsKind.IN_PROGRESS: FollowUpStatus.IN_PROGRESS,
    NewsKind.NOT_STARTED: FollowUpStatus.NOT_STARTED,
}
RESPONSES = {NewsKind.DONE: Response.TAKEN_UP, NewsKind.PARTLY_DONE: Response.IN_PART}
ANSWER_PROMISED = "Trả lời bằng văn bản"  # the register's texts are Vietnamese
# What happened, in our own words: who says it, the number, the reason.
TEXTS = {
    NewsKind.DONE: "{body} báo cáo đã hoàn thành{number}.",
    NewsKind.PARTLY_DONE: "{body} báo cáo đã hoàn thành một phần{number}.",
    NewsKind.IN_PROGRESS: "{body} báo cáo đang thực hiện{number}{reason}.",
    NewsKind.NOT_STARTED: "{body} báo cáo chưa thực hiện{reason}.",
    NewsKind.HOLDING: "{body} hẹn trả lời{until}.",
    NewsKind.NOT_OURS: "{body} trả lời: nội dung này không thuộc thẩm quyền của mình{passed}.",
    NewsKind.ALREADY_ANSWERED: "{body} cho biết đã trả lời trước đó{cited}.",
    NewsKind.NOT_TAKEN_UP: "{body} không tiếp thu, không chấp thuận{reason}.",
    NewsKind.EXPLAINED: "{body} giải thích về nội dung này.",
    NewsKind.TAKEN_BACK: "{body} thu hồi điều đã trả lời{cited}{reason}.",
}
OTHER_TEXT = "{body} nêu về nội dung này."


def update_values(row, paper, kind=None, item=None):
    """{field of StatusUpdate: value} of an ItemNews in a PaperOfResults; `kind` where a person
    chose another NewsKind, `item` where one chose the OpenItem.

    Organizations are given by name (`passed_to`, `next_by`), the paper taken back by its number
    (`takes_back_number`).
    """
    news, item = row.news, item or row.item
    kind = NewsKind(kind or news.kind)
    values = {
        "happened_on": news.happened_on or paper.issued_on,
        "voice": VOICES.get(paper.side, Voice.OTHER),
        "basis": Basis.SOURCE,
        "paragraph": row.passage.paragraph,
        "quote": row.quote,
        "text": text_of(row, paper, kind),
    }
    values |= _standing(kind, news, item, paper)
    if kind in STATUSES and news.due_on:
        values |= {"new_due_on": news.due_on, "new_due_text": news.due_words[:120]}
    if kind == NewsKind.HOLDING:
        values |= {
            "next_step": ANSWER_PROMISED,
            "next_on": news.until,
            "next_by": paper.body,
        }
    return values


def _standing(kind, news, item, paper):
    """Status, answer, response and completion, by what the item is."""
    of = item.kind if item else ""
    if kind in STATUSES:
        values = {"status": STATUSES[kind]}
        if kind == NewsKind.DONE and news.day_words:
            values["completed_on"] = news.happened_on
        if of == Kind.RECOMMENDATION and kind in RESPONSES:
            values["response"] = RESPONSES[kind]
        elif of == Kind.RECOMMENDATION and news.is_taken_up:
            values["response"] = Response.TAKEN_UP
        return values
    if kind == NewsKind.NOT_OURS:
        passed = {"passed_to": news.passed_to}
        if of == Kind.REQUEST:
            return passed | {"answer": UpdateAnswer.PASSED_ON}
        return passed | {"status": FollowUpStatus.TRANSFERRED}
    if kind == NewsKind.NOT_TAKEN_UP:
        if of == Kind.RECOMMENDATION:
            return {"response": Response.NOT_TAKEN_UP}
        is_asked = of == Kind.REQUEST and paper.side != Side.PROVINCE
        return {"answer": UpdateAnswer.DECLINED} if is_asked else {"status": FollowUpStatus.DROPPED}
    if kind == NewsKind.EXPLAINED and of == Kind.REQUEST:
        return {"answer": UpdateAnswer.EXPLAINED}
    if kind == NewsKind.TAKEN_BACK:
        values = {"takes_back_number": news.cited_number}
        is_own = item is not None and news.cited_number in item.own_papers
        if of == Kind.COMMITMENT and is_own:
            values["status"] = FollowUpStatus.DROPPED
        return values
    return {}


def text_of(row, paper, kind):
    """A sentence of our own for the update, which a person may change."""
    news = row.news
    cited = ""
    if news.cited_number:
        cited = f", tại văn bản số {news.cited_number}"
        cited += f" ngày {_day(news.cited_on)}" if news.cited_on else ""
    until = f" đến ngày {_day(news.until)}" if news.until else ""
    number = f": {news.reached}" if news.reached else ""
    if news.reached and news.reached.total is None and kind == NewsKind.DONE and number == ": 100%":
        number = ""
    return TEXTS.get(kind, OTHER_TEXT).format(
        body=paper.body or "Văn bản",
        number=number,
        reason=f" (lý do: {news.reason})" if news.reason else "",
        passed=_passed(news),
        cited=cited,
        until=until,
    )


def _passed(news):
    """Whose it is, and whether the paper says that it was handed on."""
    if not news.passed_to:
        return ""
    return f", {'đã chuyển' if news.is_passed_on else 'thuộc'} {news.passed_to}"


def _day(day: date):
    return f"{day:%d/%m/%Y}"
