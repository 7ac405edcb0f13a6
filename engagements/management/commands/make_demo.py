"""Demo data: makes the demo register anew, in a database of its own."""

from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.core.management.color import no_style
from django.db import connection, transaction
from django.utils import timezone

from engagements.edition.triggers import lifted
from engagements.management.demo.register import DemoRegister
from provinces.models import Province


class Command(BaseCommand):
    help = "Makes the invented register anew, relative to today. Only for DEMO=1."

    def handle(self, *args, verbosity, **options):
        if not (settings.DEMO and settings.DEBUG):
            raise CommandError("Invented data goes only where DEMO and DEBUG are on.")
        refuse_a_real_register()
        with transaction.atomic():
            empty()
            demo = DemoRegister(timezone.localdate())
            demo.make()
        if verbosity:
            self.stdout.write(f"Invented: {demo.published} records published.")


def refuse_a_real_register():
    own = settings.VAR_DIR / "demo.sqlite3"
    if connection.vendor == "sqlite" and Path(connection.settings_dict["NAME"]) == own:
        return
    if Province.objects.exclude(name__startswith="Mẫu").exists():
        raise CommandError("This database holds a real register; nothing was changed.")


def empty():
    """Takes out every row of the register, of its history and of its editions; accounts stay."""
    models = [
        *apps.get_app_config("provinces").get_models(include_auto_created=True),
        *apps.get_app_config("engagements").get_models(include_auto_created=True),
        apps.get_model("admin", "LogEntry"),
    ]
    tables = {model._meta.db_table for model in models}
    connection.check_constraints()  # PostgreSQL empties no table with checks still waiting
    statements = connection.ops.sql_flush(no_style(), sorted(tables), reset_sequences=True)
    with lifted(connection):
        connection.ops.execute_sql_flush(statements)
