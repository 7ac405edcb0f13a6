"""Erasure of personal data on request: asks, carries it out, removes the dumps."""

import logging

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from engagements.edition.triggers import lock_register
from engagements.open_data import dumps
from engagements.publication.erasing import ERASED, Erasure
from provinces.models import Official, resolve_merge
from provinces.vietnamese import nfc

log = logging.getLogger("engagements.erasure")


class Command(BaseCommand):
    help = (
        "Erases an official's personal data on request: name, posts, titles of the day, quotations "
        "that present them. In the register, its history and all editions, in one transaction."
    )

    def add_arguments(self, parser):
        parser.add_argument("slug")
        parser.add_argument("--reason", required=True, help="goes to the log: without the name")
        parser.add_argument("--as", dest="username", required=True, help="who carries it out")
        parser.add_argument("--yes", action="store_true", help="does not ask")

    def handle(self, *args, slug, reason, username, yes, verbosity, **options):
        official = Official.objects.filter(slug=slug).first()
        if official is None:
            raise CommandError(f"No official has the slug “{slug}”.")
        if official.merged_into_id is not None:
            raise CommandError(
                f"“{slug}” was merged into “{resolve_merge(official).slug}”: erase that one, "
                "this row goes with it."
            )
        user = get_user_model().objects.filter(username=username, is_active=True).first()
        if user is None or not user.has_perm("provinces.delete_official"):
            raise CommandError(f"“{username}” is no active account that may erase people.")
        reason = " ".join(nfc(reason).split())
        erasure = Erasure(official)
        if not reason or erasure.names_in(reason):
            raise CommandError("The reason must be given, and must not hold the name.")
        if not yes:
            self.stdout.write(f"This cannot be undone: {official.full_name} ({slug}).")
            try:
                answer = input("Write the slug again to go on: ")
            except EOFError:
                answer = ""
            if answer.strip() != slug:
                raise CommandError("Nothing was erased.")
        with transaction.atomic():
            lock_register(connection)
            erasure.carry_out(user, reason)
        log.warning(
            "erased one official (key %s) by %s: %s; reason: %s",
            official.pk, user.username, erasure.summary(), reason,
        )  # fmt: skip
        self.remove_dumps(verbosity)
        if verbosity:
            self.stdout.write(f"Erased: {erasure.summary()}. The address is now {official.slug}.")
            if erasure.namesakes:
                self.stdout.write(
                    "Another official bears this name: texts that mention it were left as they "
                    "are. Read those of the sessions this person attended."
                )
            for place in erasure.left_in_files():
                self.stdout.write(
                    f"{place} still names the person: write “{ERASED}” and the slug "
                    f"“{official.slug}” there, or loading the file brings the name back."
                )

    def remove_dumps(self, verbosity):
        """Files of before hold the person too."""
        try:
            days = dumps.remove_all(settings.DUMPS_ROOT)
        except OSError as error:
            self.stderr.write(f"Remove the dumps in {settings.DUMPS_ROOT} yourself: {error}")
            return
        if days and verbosity:
            self.stdout.write(f"Dumps removed: {', '.join(days)}. Run publish_dump again.")
