"""The four roles. What each may do is one table; docs/staff.md explains it."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

RECORDS = (
    "source", "meeting", "provincerequest", "commitment", "recommendation", "statusupdate",
    "remark", "figure",
)  # fmt: skip
PARTS = ("attendance",)
PEOPLE = ("official", "organization", "post")
REFERENCE = ("province", "succession", "organizationsuccession", "officer")
LISTS = ("topic", "indicator")
ROLES = {
    "Biên tập": {
        ("view", "add", "change", "delete"): RECORDS + PARTS,
        ("view", "add", "change"): PEOPLE,
        ("view",): LISTS + REFERENCE[:3] + ("edition",),
    },
    "Duyệt": {
        ("view", "add", "change", "delete"): PARTS,
        ("view", "change", "publish"): RECORDS,
        ("view", "add", "change"): PEOPLE,
        ("view",): LISTS + REFERENCE[:3] + ("edition",),
    },
    "Quản trị": {
        ("view", "add", "change", "delete"): PEOPLE + LISTS + REFERENCE + ("user",),
        ("view",): RECORDS + PARTS + ("edition", "group"),
    },
    "Xem nội bộ": {("view",): RECORDS + PARTS + PEOPLE + LISTS + REFERENCE[:3] + ("edition",)},
}


def make_roles(apps, schema_editor):
    # Permissions are made after the whole migrate; the roles need them now.
    for label in ("auth", "provinces", "engagements"):
        config = installed.get_app_config(label)
        create_permissions(config, apps=installed, verbosity=0, using=schema_editor.connection.alias)
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    for name, table in ROLES.items():
        group, _created = Group.objects.get_or_create(name=name)
        for verbs, models in table.items():
            codenames = [f"{verb}_{model}" for verb in verbs for model in models]
            found = Permission.objects.filter(codename__in=codenames)
            group.permissions.add(*found)


def drop_roles(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("engagements", "0002_triggers"),
        ("provinces", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_roles, drop_roles)]
