"""Reader of papers of results: what became of which open item, each with its quotation and reason.

Pure: it takes a Document, the open items as data classes, and Names; `store` gets them from the
register. Nothing is saved, and nothing is decided that fits two items.
"""

from dataclasses import dataclass, replace

from engagements.reading.verify import problem_of_quotation
from engagements.words import Side

from .items import ASKED, NONE, PERHAPS, SEVERAL, Match, OpenItems, tokens
from .kinds import NewsKind
from .lists import said
from .news import REPORTED, News, news_of
from .papers import PaperOfResults, paper_of
from .passages import Passage, Splitter, is_closing, rows_of

LIKE_ITS_CONTEXT = 0.55  # score from which what a paper opens with names an item


@dataclass(frozen=True)
class ItemNews:
    """One piece of news: where it stands, what it is about, and what it says."""

    passage: Passage
    match: Match
    news: News
    quote: str
    also: tuple = ()  # numbers of paragraphs that say more of it

    @property
    def item(self):
        return self.match.item

    @property
    def is_asked(self):
        return self.match.how in ASKED


@dataclass(frozen=True)
class Results:
    """What a paper says of open items; `unmentioned` are those it says nothing of.

    News whose quotation the text does not prove are `refused`: (problem, ItemNews).
    """

    paper: PaperOfResults
    news: tuple = ()  # of ItemNews
    unmentioned: tuple = ()
    refused: tuple = ()


def read_results(document, items, names, *, lines=None, rows=None):
    """The Results of a document. `items` are the OpenItems of the whole register, as an iterable.

    Rows of tables are taken from `rows` ({paragraph: Row}), else found in `lines`, the text's own.
    """
    if rows is None:
        rows = rows_of(document.paragraphs if lines is None else lines)
    items = tuple(items)
    paper = paper_of(document, names, rows, [item.code for item in items])
    if not paper.is_of_results:
        return Results(paper)
    return ResultsReader(document, items, names, rows, paper).read()


class ResultsReader:
    """Reads one paper that is known to be of results."""

    def __init__(self, document, items, names, rows, paper):
        self.document, self.items, self.names, self.paper = document, items, names, paper
        self.splitter = Splitter(document, rows, paper.first, paper.last)
        self.scopes = {}

    def read(self):
        found = []
        previous = ""
        for passage in self._passages():
            for row in self._read(passage, previous):
                found.append(row)
            previous = f"{previous} {passage.text}"[-600:] if not passage.is_listed else previous
        found, refused = self._verified(self._joined([row for row in found if row is not None]))
        named = {item.code for row in found for item in row.match.items}
        scope = self._scope(self.paper.provinces)
        unmentioned = tuple(item for item in scope.items if item.code not in named)
        return Results(self.paper, tuple(found), unmentioned, tuple(refused))

    def _verified(self, rows):
        """([ItemNews that the text proves], [(problem, ItemNews that it does not)])."""
        kept, refused = [], []
        for row in rows:
            paragraph = self.document.paragraphs[row.passage.paragraph - 1]
            bounds = row.news.start, row.news.end
            if problem := problem_of_quotation(row.quote, paragraph, *bounds):
                refused.append((problem, row))
            else:
                kept.append(row)
        return kept, refused

    # -- which items it can be about

    def _scope(self, provinces):
        """The open items of those provinces and of the ministries that the paper names."""
        key = tuple(sorted(provinces))
        if key not in self.scopes:
            ours = [item for item in self.items if not provinces or item.units & set(provinces)]
            of_ministry = [item for item in ours if item.ministries & self.paper.ministries]
            is_ministry = self.paper.side == Side.MINISTRY  # it answers for itself
            chosen = of_ministry if is_ministry else of_ministry or ours
            self.scopes[key] = OpenItems(chosen, elsewhere=self.items)
        return self.scopes[key]

    def _provinces_of(self, passage):
        """Those that the passage's own heading or cell names, else the paper's."""
        named = [mention.key for mention in self.names.provinces_in(passage.place)]
        known = {name for item in self.items for name in item.units}
        within = [name for name in named if name in known or name in self.paper.provinces]
        if within and self.paper.side != Side.PROVINCE:
            return within[-1:]
        return self.paper.provinces

    # -- passages

    def _passages(self):
        for passage in self.splitter.passages:
            if passage.codes or passage.due or passage.reason:
                yield passage
                continue
            if is_closing(passage.text.lower()) and not passage.is_listed:
                continue
            yield from self._parted(passage)

    def _parted(self, passage):
        """A passage without a subject, in its sentences where they speak of different items."""
        sentences = [
            sentence
            for sentence in self.document.sentences[passage.paragraph]
            if passage.start <= sentence.start < passage.end
            or sentence.start < passage.start < sentence.end
        ]
        if passage.subject or len(sentences) < 2:
            return [passage]
        scope = self._scope(self._provinces_of(passage))
        groups = []  # (item, start, end)
        for sentence in sentences:
            start = max(sentence.start, passage.start)
            text = self.document.toned[passage.paragraph - 1][start : sentence.end]
            item = scope.match(text)[0].item
            if groups and (item is None or groups[-1][0] in (None, item)):
                last = groups.pop()
                groups.append((last[0] or item, last[1], sentence.end))
            else:
                groups.append((item, start, sentence.end))
        if len([item for item, _s, _e in groups if item is not None]) < 2:
            return [passage]
        text = self.document.toned[passage.paragraph - 1]
        return [replace(passage, start=s, end=e, text=text[s:e]) for _item, s, e in groups]

    # -- a passage

    def _read(self, passage, previous):
        provinces = self._provinces_of(passage)
        scope = self._scope(provinces)
        matches = scope.match(
            passage.text, passage.subject, codes=passage.codes,
            cited=passage.cited | self.paper.cited, context=passage.context,
        )  # fmt: skip
        points_back = not passage.subject or said("back").search(passage.subject.lower())
        if matches[0].how in (NONE, PERHAPS, SEVERAL) and not passage.codes and points_back:
            matches = self._from_context(scope, passage, previous) or matches
        return [row for match in matches if (row := self._row(passage, match)) is not None]

    def _from_context(self, scope, passage, previous):
        """What a sentence that points back speaks of: the items that the paper opened with."""
        low = passage.text.lower()
        if passage.is_listed or not (said("back").search(low) or said("news.holding").search(low)):
            return []
        opening = " ".join([self.paper.subject, *self.paper.preamble, previous])
        opened = set(tokens(opening))
        found = []
        for score, item in scope.scores(opening):
            if score >= LIKE_ITS_CONTEXT:
                words = " ".join(w for w in item.title.split() if set(tokens(w)) & opened)
                found.append(Match((item,), "context", words, score))
        return found

    def _row(self, passage, match):
        """The news of a passage about what it matched; None where it is neither news nor a row."""
        paragraph = self.document.paragraphs[passage.paragraph - 1]
        news = news_of(passage, paragraph, self.paper, match.items[0] if match.items else None)
        is_empty = news.kind in (NewsKind.TOLD, NewsKind.ASKS) and not passage.codes
        if match.how == NONE and (not passage.is_listed or news.kind == NewsKind.TOLD):
            return None
        if self.paper.why == "takes_up" and (match.item is None or news.kind not in REPORTED):
            return None  # what a later session says anew is read as a session
        if is_empty and news.kind == NewsKind.TOLD and not passage.is_listed:
            return None
        if news.kind == NewsKind.ASKS and match.item is not None and not passage.codes:
            match = Match(match.items, PERHAPS, match.words, match.score)  # asked again, or new
        return ItemNews(passage, match, news, paragraph[news.start : news.end])

    # -- the same item twice

    def _joined(self, rows):
        """Rows next to each other that say the same of one item are one; the fuller one stays."""
        joined = []
        for row in rows:
            last = joined[-1] if joined else None
            is_more = (
                last is not None
                and row.item is not None
                and last.item == row.item
                and not row.passage.codes
                and (last.news.kind == row.news.kind or row.news.kind == NewsKind.TOLD)
                and row.passage.paragraph - last.passage.paragraph <= 1
            )
            if is_more:
                also = (*last.also, row.passage.paragraph)
                joined[-1] = replace(last, also=also)
            else:
                joined.append(row)
        return joined
