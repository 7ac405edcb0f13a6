"""AppConfig of the sessions: what runs after each migrate."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EngagementsConfig(AppConfig):
    name = "engagements"
    verbose_name = _("Sessions and what became of them")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from django.core import checks
        from django.db.models.signals import post_migrate

        from engagements import roles
        from engagements.edition import triggers

        # SQLite loses triggers when a migration rebuilds a table.
        post_migrate.connect(triggers.install_after_migrate, sender=self)
        # One table of rights: what was changed by hand is as the table says again.
        post_migrate.connect(roles.after_migrate, sender=self)
        checks.register(check_reader, deploy=True)


def check_reader(app_configs, **options):
    """The reader's settings; its rules are read for this alone, so not at every start."""
    from engagements.reading.model import check_settings

    return check_settings(app_configs, **options)
