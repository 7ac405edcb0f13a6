"""The four roles, whole: which tables each works with. Which of their rows: engagements/roles.py.

Takes the place of the tables in 0003 and 0004: what a role has is what stands here.
"""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

RECORDS = (
    "source", "meeting", "provincerequest", "commitment", "recommendation", "statusupdate",
    "remark", "figure",
)  # fmt: skip
PARTS = ("attendance", "revieweditem")
PEOPLE = ("official", "organization", "post")
PLACES = ("province", "succession", "organizationsuccession")
LISTS = ("topic", "indicator")
WATCHED = ("edition", "linkcheck", "digest")  # read by every role, written by the program
READ = (*RECORDS, *PARTS, *PEOPLE, *PLACES, *LISTS, *WATCHED)
ROLES = {
    "Biên tập": {
        "view": (*READ, "tip", "workbook"),
        "add": (*RECORDS, *PARTS, *PEOPLE, "workbook"),
        "change": (*RECORDS, *PARTS, *PEOPLE, "tip"),
        "delete": (*RECORDS, *PARTS),
    },
    "Duyệt": {
        "view": (*READ, "tip", "subscription"),
        "add": ("attendance", *PEOPLE),
        "change": (*RECORDS, *PARTS, *PEOPLE, "tip"),
        "delete": ("attendance",),
        "publish": RECORDS,
    },
    "Quản trị": {
        "view": (*READ, "officer", "user", "group", "tip", "subscription", "workbook", "merge"),
        "add": (*PEOPLE, *PLACES, *LISTS, "officer", "user", "merge"),
        "change": (*PEOPLE, *PLACES, *LISTS, "officer", "user", "tip", "merge"),
        "delete": (*PEOPLE, *PLACES, *LISTS, "officer", "user", "tip"),
    },
    "Xem nội bộ": {"view": READ},
}


def make_roles(apps, schema_editor):
    """Gives every role what the table says, and nothing else; can be called again."""
    # Permissions are made after the whole migrate; the roles need them now.
    for label in ("auth", "provinces", "engagements"):
        config = installed.get_app_config(label)
        create_permissions(
            config, apps=installed, verbosity=0, using=schema_editor.connection.alias
        )
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    ours = Permission.objects.filter(
        content_type__app_label__in=("auth", "provinces", "engagements")
    )
    for name, table in ROLES.items():
        group, _created = Group.objects.get_or_create(name=name)
        codenames = {f"{verb}_{model}" for verb, models in table.items() for model in models}
        group.permissions.set(ours.filter(codename__in=codenames))


class Migration(migrations.Migration):
    dependencies = [("engagements", "0005_desk"), ("auth", "0012_alter_user_first_name_max_length")]
    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
