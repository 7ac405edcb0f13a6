"""/du-lieu/: what there is to take away, the dumps, the dictionary, the catalogue (DCAT 3)."""

import json
from functools import cache

from django.conf import settings
from django.db.models import Count, Max
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views import View
from django.views.generic import TemplateView

from engagements.edition import licence
from engagements.edition.exports import FORMATS
from engagements.edition.http import AnswerThrottle, conditional, content_etag
from engagements.edition.models import Edition
from engagements.edition.reading import public_officials, public_organizations
from engagements.reference import Indicator, Topic
from provinces.models import Province

from . import dictionary, dumps

CLIENT = settings.BASE_DIR / "templates" / "engagements" / "client.txt"
MEDIA_TYPES = {
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
    ".ndjson": "application/x-ndjson; charset=utf-8",
    ".sqlite": "application/vnd.sqlite3",
    ".md": "text/markdown; charset=utf-8",
}
PLAIN = "text/plain; charset=utf-8"
WHOLE = {
    "provinces": Province.objects.all,
    "organizations": public_organizations,
    "officials": public_officials,
    "topics": Topic.objects.all,
    "indicators": Indicator.objects.all,
}
WORDS = {"json": "JSON", "csv": "CSV", "xlsx": "Excel", "ndjson": "NDJSON"}
RATES = {
    "s": gettext_lazy("%(number)s a second"),
    "m": gettext_lazy("%(number)s a minute"),
    "h": gettext_lazy("%(number)s an hour"),
    "d": gettext_lazy("%(number)s a day"),
}


def media_type(name):
    """What kind of file it is, by the end of its name."""
    return MEDIA_TYPES.get(name[name.rfind(".") :], PLAIN)


class Dataset:
    """A table as readers find it: how many rows, when something in it last changed, where."""

    def __init__(self, table, rows, changed_at=None):
        self.table, self.name, self.rows, self.changed_at = table, table.name, rows, changed_at

    title = property(lambda self: self.table.title)
    meaning = property(lambda self: self.table.meaning)

    @property
    def formats(self):
        """(format, word, address) of each way to take it from the API."""
        address = reverse(f"api-{self.name}-list")
        return [
            ("json", WORDS["json"], address),
            *((name, WORDS[name], f"{address}?format={name}") for name in FORMATS),
        ]


def datasets():
    """Every table; the days of the records come from the editions."""
    public = Edition.objects.public().order_by().values("kind")
    numbers = dict(public.values_list("kind", Count("pk")))
    every = Edition.objects.order_by().values("kind")
    last = dict(every.values_list("kind", Max("sequence")))
    at = dict(
        Edition.objects.filter(sequence__in=last.values()).values_list("kind", "published_at")
    )
    return [
        Dataset(table, numbers.get(table.kind, 0), at.get(table.kind))
        if table.kind
        else Dataset(table, WHOLE[table.name]().count())
        for table in dictionary.tables().values()
    ]


def address_of_file(day, name):
    """One address for all languages: a file has none."""
    with override(settings.LANGUAGE_CODE):
        return reverse("dump-file", args=[day, name])


@cache
def client():
    return CLIENT.read_text(encoding="utf-8")


def rate(name):
    """How often one address may ask, in words; nothing where there is no limit."""
    number, _slash, period = (settings.API_RATES[name] or "").partition("/")
    return RATES[period[0]] % {"number": number} if period else ""


class OpenData(TemplateView):
    template_name = "engagements/open_data.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            datasets=datasets(),
            dumps=[
                {
                    "dump": one,
                    "book": address_of_file(one.day, one.book.name),
                    "files": [
                        (file, address_of_file(one.day, file.name)) for file in one.files.values()
                    ],
                }
                for one in dumps.listed()
            ],
            client=client(),
            catalog=reverse("data-catalog"),
            host=self.request.build_absolute_uri("/").rstrip("/"),
            answers_rate=rate("answers"),
            files_rate=rate("files"),
            **kwargs,
        )


class Dictionary(TemplateView):
    template_name = "engagements/data_dictionary.html"

    def get_context_data(self, **kwargs):
        tables = dictionary.tables().values()
        types = [(dictionary.TYPES[name], dictionary.FORMATS[name]) for name in dictionary.TYPES]
        return super().get_context_data(tables=tables, types=types, **kwargs)


class DumpFile(View):
    """A file of a dump that is listed; there is no way to any other."""

    def get(self, request, day, name):
        limit = AnswerThrottle()
        if not limit.allow_request(request, self):
            reason = _("Too many files in a short time. Wait a minute and try again.")
            response = render(request, "400.html", {"reason": reason}, status=429)
            response["Retry-After"] = str(int(limit.wait() or 60))
            return response
        dump = next((one for one in dumps.listed() if one.day == day), None)
        file = dump and dump.files.get(name)
        if not file:
            raise Http404

        def opened():
            try:
                content = file.path.open("rb")
            except FileNotFoundError as error:  # it was removed a moment ago
                raise Http404 from error
            # Under the name by which SHA256SUMS knows it.
            return FileResponse(
                content, as_attachment=True, filename=file.name, content_type=media_type(file.name)
            )

        return shared(conditional(request, f'"{file.sha256}"', file.modified, opened))


def shared(response):
    """What other sites may load too."""
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


# -- the catalogue

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
VIETNAMESE = {"@id": "http://publications.europa.eu/resource/authority/language/VIE"}
VIET_NAM = {"@id": "http://publications.europa.eu/resource/authority/country/VNM"}
DAILY = {"@id": "http://publications.europa.eu/resource/authority/frequency/DAILY"}
IRREGULAR = {"@id": "http://publications.europa.eu/resource/authority/frequency/IRREG"}
SHA256 = {"@id": "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"}
IANA = "https://www.iana.org/assignments/media-types/"


def in_both(read):
    """What a function says in each language, marked."""
    said = []
    for code in dictionary.LANGUAGES:
        with override(code):
            said.append({"@language": code, "@value": str(read())})
    return said


def typed(value, kind):
    return {"@type": f"xsd:{kind}", "@value": str(value)}


def instant(at):
    return typed(at.isoformat(timespec="seconds"), "dateTime")


class Catalog:
    """The catalogue as JSON-LD; `absolute` makes an address whole."""

    def __init__(self, absolute):
        self.absolute = absolute
        with override(settings.LANGUAGE_CODE):
            self.page = absolute(reverse("open-data"))
        self.licence = {"@id": licence.URL}
        self.publisher = {
            "@id": f"{absolute('/')}#publisher",
            "@type": "foaf:Agent",
            "foaf:name": "Sát Cánh",
            "foaf:homepage": {"@id": absolute("/")},
        }

    def whole(self):
        newest = Edition.objects.last_act()
        found = [self.dataset(one) for one in datasets()]
        found += [self.dump(one) for one in dumps.listed()[:1]]
        catalog = {
            "@context": CONTEXT,
            "@id": f"{self.page}#catalog",
            "@type": "dcat:Catalog",
            "dct:title": in_both(lambda: _("Open data of Sát Cánh")),
            "dct:description": in_both(
                lambda: _(
                    "The public register of what the provinces asked of the ministry, what it "
                    "promised and advised, and how each of these stands today."
                )
            ),
            "dct:publisher": self.publisher,
            "dct:license": self.licence,
            "dct:language": [VIETNAMESE],
            "dct:spatial": VIET_NAM,
            "foaf:homepage": {"@id": self.page},
            "dcat:service": [self.service()],
            "dcat:dataset": found,
        }
        if newest:
            catalog["dct:modified"] = instant(newest["published_at"])
        return catalog

    def service(self):
        return {
            "@id": f"{self.page}#api",
            "@type": "dcat:DataService",
            "dct:title": in_both(lambda: _("The API")),
            "dcat:endpointURL": {"@id": self.absolute(reverse("api-index"))},
            "dcat:endpointDescription": {"@id": self.absolute(reverse("api-schema"))},
            "dct:license": self.licence,
        }

    def _dataset(self, identifier, title, meaning, **more):
        return {
            "@id": f"{self.page}#{identifier}",
            "@type": "dcat:Dataset",
            "dct:identifier": identifier,
            "dct:title": in_both(title),
            "dct:description": in_both(meaning),
            "dct:publisher": {"@id": self.publisher["@id"]},
            "dct:license": self.licence,
            "dct:language": [VIETNAMESE],
            "dct:spatial": VIET_NAM,
            "dcat:landingPage": {"@id": self.page},
        } | more

    def dataset(self, one):
        found = self._dataset(one.name, lambda: one.title, lambda: one.meaning)
        found["dct:accrualPeriodicity"] = IRREGULAR
        if one.changed_at:
            found["dct:modified"] = instant(one.changed_at)
        found["dcat:distribution"] = [
            {
                "@id": f"{self.page}#{one.name}-{name}",
                "@type": "dcat:Distribution",
                "dct:title": word,
                "dcat:accessURL": {"@id": self.absolute(address)},
                "dcat:mediaType": self.media_type(
                    "application/json" if name == "json" else FORMATS[name][0]
                ),
                "dct:license": self.licence,
                "dcat:accessService": {"@id": f"{self.page}#api"},
            }
            | ({} if name == "json" else {"dcat:downloadURL": {"@id": self.absolute(address)}})
            for name, word, address in one.formats
        ]
        return found

    def dump(self, one):
        """The newest dump: the whole register from one moment."""
        found = self._dataset(
            "dump", lambda: _("The whole register"), lambda: _("All tables from one moment.")
        )
        found["dct:accrualPeriodicity"] = DAILY
        found["dct:issued"] = typed(one.day, "date")
        found["dcat:version"] = str(one.sequence)
        found["dcat:distribution"] = [self.file(one, file) for file in one.files.values()]
        return found

    def file(self, one, file):
        address = {"@id": self.absolute(address_of_file(one.day, file.name))}
        return {
            "@id": f"{self.page}#{one.day}-{file.name}",
            "@type": "dcat:Distribution",
            "dct:title": file.name,
            "dcat:accessURL": address,
            "dcat:downloadURL": address,
            "dcat:mediaType": self.media_type(media_type(file.name)),
            "dcat:byteSize": typed(file.size, "nonNegativeInteger"),
            "dct:license": self.licence,
            "spdx:checksum": {
                "@type": "spdx:Checksum",
                "spdx:algorithm": SHA256,
                "spdx:checksumValue": typed(file.sha256, "hexBinary"),
            },
        }

    def media_type(self, name):
        return {"@id": IANA + name.split(";")[0]}


def catalog(request):
    """It follows from the editions and from which dumps there are."""
    newest = Edition.objects.last_act()
    published = int(newest["published_at"].timestamp()) if newest else 0
    modified = max(published, dumps.changed_at())
    content = json.dumps(Catalog(request.build_absolute_uri).whole(), ensure_ascii=False, indent=1)

    def answer():
        return HttpResponse(content, content_type="application/ld+json")

    return shared(conditional(request, content_etag(content.encode()), modified, answer))
