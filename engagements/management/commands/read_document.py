"""Reading of one document: prints what the reader proposes, saving nothing."""

import json
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from engagements.reading.duplicates import duplicates, sessions_like
from engagements.reading.intake import MOST_BYTES, read_file
from engagements.reading.model import Model, add_model
from engagements.reading.proposals import RULES
from engagements.reading.reader import read_paragraphs
from engagements.reading.reasons import MODEL, PROBLEMS, told
from engagements.reading.refusals import Unreadable
from engagements.reading.results.proposals import proposals_of
from engagements.reading.results.reader import read_results
from engagements.reading.results.reasons import PAPERS
from engagements.reading.results.store import items_named_in
from engagements.reading.store import load_names
from engagements.reading.text import parted_address


class Command(BaseCommand):
    help = (
        "Reads a file (.txt, .html, .docx, .pdf, or - for a piped text) and prints the proposals: "
        "kind, paragraph, quotation, payload and why. Saves nothing. A first line “URL: …” is the "
        "text's address."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", help="a file, or -")
        parser.add_argument("--json", action="store_true", help="one JSON object")
        parser.add_argument("--model", action="store_true", help="ask READER_MODEL_URL too")

    def handle(self, *args, file, **options):
        names = load_names()
        reading = reading_of(file, names)
        model = Model.configured() if options["model"] else None
        if options["model"] and model is None:
            raise CommandError("No model is set: READER_MODEL_URL.")
        heard = model and add_model(reading, model)
        document = reading.document
        results = read_results(document, items_named_in(document, names), names)
        meetings = sessions_like(reading)
        found = duplicates(reading.proposals, meetings)
        reading.proposals += proposals_of(results)
        if options["json"]:
            answer = as_json(reading, meetings, found) | {"results": results_as_json(results)}
            if heard:
                answer["model"] = heard.as_dict()
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        else:
            self.tell_paper(results)
            if heard:
                self.tell_model(heard)
            self.tell(reading, meetings, found)

    def tell_paper(self, results):
        """Whether it says what became of open items, who speaks, and what it leaves out."""
        paper = results.paper
        if not paper.is_of_results:
            return
        head = [paper.body, paper.number, str(paper.issued_on or ""), *paper.provinces]
        self.stdout.write(f"of results: {PAPERS[paper.why]} ({', '.join(filter(None, head))})")
        for item in results.unmentioned:
            self.stdout.write(f"not mentioned: {item}")
        for problem, row in results.refused:
            self.stdout.write(f"refused: {PROBLEMS[problem]}: {row.quote}")

    def tell_model(self, heard):
        if heard.problem:
            self.stdout.write(f"{heard.name} via {heard.host}: {MODEL[heard.problem]}")
            return
        self.stdout.write(
            f"{heard.name} via {heard.host}: {heard.added} of its own, {heard.confirmed} as the"
            f" rules, {len(heard.refused)} refused"
        )
        for problem, item in heard.refused:
            self.stdout.write(f"refused: {(MODEL | PROBLEMS)[problem]}: {item}")

    def tell(self, reading, meetings, found):
        self.stdout.write(f"{reading.session.verdict}: {told(reading.session.why)}")
        for meeting in meetings:
            self.stdout.write(f"in the register: {meeting.slug or meeting.title}")
        for index, proposal in enumerate(reading.proposals):
            self.stdout.write(
                f"\n{proposal.kind}, paragraph {proposal.paragraph}: {proposal.quote}"
                + ("" if proposal.seen_by == RULES else f" [{proposal.seen_by}]")
            )
            self.stdout.write(f"  why: {told(proposal.why)} [{proposal.why.rule}]")
            for key, value in proposal.payload.items():
                if value not in (None, "", [], False):
                    self.stdout.write(f"  {key}: {value}")
            for duplicate in found.get(index, ()):
                same = "same as" if duplicate.is_same else "like"
                self.stdout.write(f"  {same} {name_of(duplicate.record)}: {duplicate.likeness:.2f}")
        for sentence in reading.silent:
            self.stdout.write(f"\nnothing made of paragraph {sentence.paragraph}: {sentence.text}")


def results_as_json(results):
    paper = results.paper
    return {
        "is_of_results": paper.is_of_results,
        "why": paper.why,
        "body": paper.body,
        "side": paper.side,
        "number": paper.number,
        "issued_on": paper.issued_on and paper.issued_on.isoformat(),
        "provinces": list(paper.provinces),
        "unmentioned": [item.code for item in results.unmentioned],
        "refused": [{"problem": problem, "quote": row.quote} for problem, row in results.refused],
    }


def name_of(record):
    return record.code or f"{record._meta.verbose_name} {record.pk}"


def reading_of(file, names):
    """The DocumentReading of a file or of standard input. Raises CommandError."""
    try:
        if file == "-":
            content, name = sys.stdin.buffer.read(MOST_BYTES + 1), "-.txt"
        else:
            content, name = Path(file).read_bytes(), Path(file).name
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror or error}") from error
    try:
        paper = read_file(content, name)
    except Unreadable as error:
        raise CommandError(f"{file}: {' '.join(error.messages)}") from error
    address, text = parted_address("\n".join(paper.paragraphs))
    return read_paragraphs(text.split("\n"), names, address or paper.says.url)


def as_json(reading, meetings, found):
    return {
        "verdict": reading.session.verdict,
        "why": why_as_json(reading.session.why),
        "meetings": [meeting.slug or meeting.pk for meeting in meetings],
        "proposals": [
            {
                "kind": proposal.kind,
                "paragraph": proposal.paragraph,
                "start": proposal.start,
                "end": proposal.end,
                "quote": proposal.quote,
                "why": why_as_json(proposal.why),
                "payload": proposal.payload,
                "seen_by": proposal.seen_by,
                "duplicates": [
                    {
                        "code": duplicate.record.code,
                        "pk": duplicate.record.pk,
                        "is_same": duplicate.is_same,
                        "likeness": round(duplicate.likeness, 2),
                    }
                    for duplicate in found.get(index, ())
                ],
            }
            for index, proposal in enumerate(reading.proposals)
        ],
        "refused": [
            {"problem": problem, "kind": proposal.kind, "quote": proposal.quote}
            for problem, proposal in reading.refused
        ],
        "silent": [
            {"paragraph": sentence.paragraph, "start": sentence.start, "end": sentence.end}
            for sentence in reading.silent
        ],
        "left_out": reading.left_out,
    }


def why_as_json(why):
    return {"rule": why.rule, "words": told(why)}
