"""DCAT 3 catalogue (JSON-LD) of the datasets and of the newest dump."""

import json

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from engagements.edition import licence
from engagements.edition.exports import FORMATS
from engagements.edition.http import conditional, content_etag
from engagements.edition.models import Edition

from . import dictionary, dumps
from .datasets import address_of_file, cross_origin, datasets, media_type

JSON_LD_CONTEXT = {
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


def in_both_languages(read):
    """What a function says in each language, marked."""
    texts = []
    for code in dictionary.BOTH_LANGUAGES:
        with override(code):
            texts.append({"@language": code, "@value": str(read())})
    return texts


def typed(value, kind):
    return {"@type": f"xsd:{kind}", "@value": str(value)}


def typed_instant(at):
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

    def as_json_ld(self):
        newest = Edition.objects.last_act()
        nodes = [self.dataset(dataset) for dataset in datasets()]
        nodes += [self.dump(dump) for dump in dumps.listed()[:1]]
        catalog = {
            "@context": JSON_LD_CONTEXT,
            "@id": f"{self.page}#catalog",
            "@type": "dcat:Catalog",
            "dct:title": in_both_languages(lambda: _("Open data of Sát Cánh")),
            "dct:description": in_both_languages(
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
            "dcat:dataset": nodes,
        }
        if newest:
            catalog["dct:modified"] = typed_instant(newest["published_at"])
        return catalog

    def service(self):
        return {
            "@id": f"{self.page}#api",
            "@type": "dcat:DataService",
            "dct:title": in_both_languages(lambda: _("The API")),
            "dcat:endpointURL": {"@id": self.absolute(reverse("api-index"))},
            "dcat:endpointDescription": {"@id": self.absolute(reverse("api-schema"))},
            "dct:license": self.licence,
        }

    def _dataset(self, identifier, title, meaning, **more):
        return {
            "@id": f"{self.page}#{identifier}",
            "@type": "dcat:Dataset",
            "dct:identifier": identifier,
            "dct:title": in_both_languages(title),
            "dct:description": in_both_languages(meaning),
            "dct:publisher": {"@id": self.publisher["@id"]},
            "dct:license": self.licence,
            "dct:language": [VIETNAMESE],
            "dct:spatial": VIET_NAM,
            "dcat:landingPage": {"@id": self.page},
        } | more

    def dataset(self, dataset):
        node = self._dataset(dataset.name, lambda: dataset.title, lambda: dataset.meaning)
        node["dct:accrualPeriodicity"] = IRREGULAR
        if dataset.changed_at:
            node["dct:modified"] = typed_instant(dataset.changed_at)
        node["dcat:distribution"] = [
            {
                "@id": f"{self.page}#{dataset.name}-{name}",
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
            for name, word, address in dataset.formats
        ]
        return node

    def dump(self, dump):
        """The newest dump: the whole register from one moment."""
        node = self._dataset(
            "dump", lambda: _("The whole register"), lambda: _("All tables from one moment.")
        )
        node["dct:accrualPeriodicity"] = DAILY
        node["dct:issued"] = typed(dump.day, "date")
        node["dcat:version"] = str(dump.sequence)
        node["dcat:distribution"] = [self.file(dump, file) for file in dump.files.values()]
        return node

    def file(self, dump, file):
        address = {"@id": self.absolute(address_of_file(dump.day, file.name))}
        return {
            "@id": f"{self.page}#{dump.day}-{file.name}",
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
    """The catalogue; its ETag is of its text, which follows from the editions and the dumps."""
    newest = Edition.objects.last_act()
    published = int(newest["published_at"].timestamp()) if newest else 0
    modified = max(published, dumps.changed_at())
    nodes = Catalog(request.build_absolute_uri).as_json_ld()
    content = json.dumps(nodes, ensure_ascii=False, indent=1)

    def answer():
        return HttpResponse(content, content_type="application/ld+json")

    return cross_origin(conditional(request, content_etag(content.encode()), modified, answer))
