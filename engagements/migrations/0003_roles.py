"""Roles once: empty since engagements/roles.py puts its table in force after every migrate.

The number stays, so that databases which have applied it, and 0004 which follows it, go on.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("engagements", "0002_triggers"),
        ("provinces", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = []
