"""Open data pages (/du-lieu/): datasets, dumps and their files, the data dictionary."""

from functools import cache

from django.conf import settings
from django.http import FileResponse, Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import TemplateView

from engagements.edition.http import conditional
from engagements.limits import AnswerThrottle, too_many_files
from engagements.slots import in_slot

from . import dictionary, dumps
from .datasets import address_of_file, cross_origin, datasets, media_type

CLIENT = settings.BASE_DIR / "templates" / "engagements" / "client.txt"
RATES = {
    "s": gettext_lazy("%(number)s a second"),
    "m": gettext_lazy("%(number)s a minute"),
    "h": gettext_lazy("%(number)s an hour"),
    "d": gettext_lazy("%(number)s a day"),
}


@cache
def client():
    return CLIENT.read_text(encoding="utf-8")


def rate(name):
    """How often one address may ask, in words; nothing where there is no limit."""
    number, _slash, period = (settings.API_RATES[name] or "").partition("/")
    return RATES[period[0]] % {"number": number} if period else ""


class OpenDataPage(TemplateView):
    template_name = "engagements/open_data.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            datasets=datasets(),
            dumps=[
                {
                    "dump": dump,
                    "database": address_of_file(dump.day, dump.database.name),
                    "files": [
                        (file, address_of_file(dump.day, file.name)) for file in dump.files.values()
                    ],
                }
                for dump in dumps.listed()
            ],
            client=client(),
            catalog=reverse("data-catalog"),
            host=self.request.build_absolute_uri("/").rstrip("/"),
            answers_rate=rate("answers"),
            files_rate=rate("files"),
            **kwargs,
        )


class DictionaryPage(TemplateView):
    template_name = "engagements/data_dictionary.html"

    def get_context_data(self, **kwargs):
        tables = dictionary.tables().values()
        types = [
            (dictionary.TYPE_WORDS[name], dictionary.TYPE_FORMATS[name])
            for name in dictionary.TYPE_WORDS
        ]
        return super().get_context_data(tables=tables, types=types, **kwargs)


class DumpDownload(View):
    """A file of a dump that is listed; there is no way to any other."""

    def get(self, request, day, name):
        if refusal := too_many_files(request, AnswerThrottle()):
            return refusal
        dump = next((dump for dump in dumps.listed() if dump.day == day), None)
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

        def answer():
            return in_slot(opened)

        return cross_origin(conditional(request, f'"{file.sha256}"', file.modified, answer))
