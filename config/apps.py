"""AppConfig of the admin: the desk's site, and where its screens are found."""

from django.contrib.admin.apps import SimpleAdminConfig
from django.utils.module_loading import autodiscover_modules


class DeskConfig(SimpleAdminConfig):
    default_site = "engagements.desk.site.DeskSite"

    def ready(self):
        super().ready()
        autodiscover_modules("desk.screens")
