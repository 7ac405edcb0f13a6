"""Roles of the desk once: empty since engagements/roles.py puts its table in force itself.

The number stays, so that databases which have applied it, and 0007 which follows it, go on.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("engagements", "0005_desk"), ("auth", "0012_alter_user_first_name_max_length")]
    operations = []
