"""Rights of the staff (groups, permissions): tables that a role works with, rows of an account.

`ROLES` is put in force after every migrate, as groups of Django's own; the rules about rows stand
below it, and the admin, the import and the commands ask them. docs/roles.md is the whole as a
table, which a test walks.
"""

from django.apps import apps as installed
from django.contrib.auth import get_permission_codename
from django.contrib.auth.management import create_permissions
from django.db.models import Q
from django.utils.translation import gettext as _

from engagements.edition.models import Edition
from engagements.edition.reading import public_organizations
from engagements.models.followups import TARGETS
from engagements.publication.kinds import RECORDS
from provinces.models import (
    Officer,
    Official,
    Organization,
    OrganizationKind,
    OrganizationSuccession,
    Post,
)

from .models import (
    Answering,
    Attendance,
    Commitment,
    Figure,
    Indicator,
    Meeting,
    ProvinceRequest,
    Publishable,
    Recommendation,
    Remark,
    Source,
    StatusUpdate,
    TakenUpItem,
)

# -- which tables a role works with

RECORD_TABLES = tuple(model._meta.model_name for model in RECORDS)
PART_TABLES = ("attendance", "answering", "takenupitem")
PEOPLE_TABLES = ("official", "organization", "post")
LIST_TABLES = ("province", "succession", "organizationsuccession", "topic", "indicator")
WATCHED_TABLES = ("edition", "linkcheck", "digest")  # read by every role, written by the program
EDITED_TABLES = (*RECORD_TABLES, *PART_TABLES, *PEOPLE_TABLES)
REFERENCE_TABLES = (*PEOPLE_TABLES, *LIST_TABLES)
READABLE_TABLES = (*EDITED_TABLES, *LIST_TABLES, *WATCHED_TABLES)
ROLES = {
    "Biên tập": {
        "view": (*READABLE_TABLES, "tip", "workbook"),
        "add": (*EDITED_TABLES, "indicator", "workbook"),  # an indicator as a proposal
        "change": (*EDITED_TABLES, "indicator", "tip"),
        "delete": (*RECORD_TABLES, *PART_TABLES),
    },
    "Duyệt": {
        "view": (*READABLE_TABLES, "tip", "subscription"),
        "add": ("attendance", "answering", *PEOPLE_TABLES),
        "change": (*EDITED_TABLES, "tip"),
        "delete": ("attendance", "answering"),
        "publish": RECORD_TABLES,
    },
    "Quản trị": {
        "view": (
            *READABLE_TABLES, "officer", "user", "group", "tip", "subscription", "workbook",
            "merge", "webhook",
        ),
        "add": (*REFERENCE_TABLES, "officer", "user", "merge", "webhook"),
        "change": (*REFERENCE_TABLES, "officer", "user", "tip", "merge", "webhook"),
        "delete": (*REFERENCE_TABLES, "officer", "user", "tip", "webhook"),
    },
    "Xem nội bộ": {"view": READABLE_TABLES},
}  # fmt: skip
TABLES_OF = ("auth", "provinces", "engagements")  # the apps whose tables stand above


def codenames(role):
    return {f"{verb}_{table}" for verb, tables in ROLES[role].items() for table in tables}


def put_in_force(using, apps=installed, tell=lambda line: None):
    """Gives every role exactly the rights of the table; its members and other groups stay.

    A right that was added to a role by hand is taken back, and said: who needs more than the
    table gives is put into a group of another name.
    """
    # Django makes the permissions of an app after its turn, and auth's own turn comes after ours.
    for label in TABLES_OF:
        create_permissions(installed.get_app_config(label), verbosity=0, using=using, apps=apps)
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    ours = Permission.objects.using(using).filter(content_type__app_label__in=TABLES_OF)
    known = dict(ours.values_list("codename", "pk"))
    for role in ROLES:
        group, _is_new = Group.objects.using(using).get_or_create(name=role)
        # Of tables that a migrate to an earlier state has not made, there are no rights.
        rights = [known[codename] for codename in codenames(role) if codename in known]
        extra = group.permissions.exclude(pk__in=rights)
        if names := sorted(extra.values_list("codename", flat=True)):
            tell(f"Taken back from the role {role}: {', '.join(names)}")
        group.permissions.set(rights)


def after_migrate(sender, using, verbosity=1, apps=installed, stdout=None, **kwargs):
    try:
        apps.get_model("auth", "Permission")
    except LookupError:  # accounts are migrated away
        return
    put_in_force(using, apps, stdout.write if stdout and verbosity else lambda line: None)


# -- to whom a row belongs

# To which organizations a row belongs: to every one at the end of these paths.
FOLLOW_UP = ("meeting__ministry", "lead", "current_lead")
BELONGS_TO = {
    Meeting: ("ministry",),
    Attendance: ("meeting__ministry",),
    Answering: (
        *(f"{name}__{path}" for name in ("commitment", "recommendation") for path in FOLLOW_UP),
        "explanation__meeting__ministry",
        "session__ministry",
    ),
    TakenUpItem: ("meeting__ministry",),
    ProvinceRequest: (*FOLLOW_UP, "addressed_to"),
    Commitment: FOLLOW_UP,
    Recommendation: FOLLOW_UP,
    StatusUpdate: (
        *(f"{target}__{path}" for target in TARGETS for path in FOLLOW_UP),
        "request__addressed_to",
    ),
    Remark: ("meeting__ministry",),
    Figure: ("meeting__ministry",),
}
# What puts a row at a desk: chosen anew it leads to rows and organizations of that desk alone.
PLACED_BY = {
    Meeting: ("ministry",),
    ProvinceRequest: ("meeting",),
    Commitment: ("meeting",),
    Recommendation: ("meeting",),
    StatusUpdate: TARGETS,
    Remark: ("meeting",),
    Figure: ("meeting",),
}
NEEDS_A_DESK = (*(model for model in BELONGS_TO if model is not Figure),)


# -- desks


def desk_of(user):
    """The organization that the account writes for, or None; read once for a request."""
    if not hasattr(user, "_desk"):
        officer = Officer.objects.filter(user=user.pk).select_related("organization").first()
        user._desk = officer and officer.organization
    return user._desk


def organizations_of(user):
    """Keys of all organizations whose records the desk tends; none without one. Three queries."""
    if not hasattr(user, "_organizations"):
        desk = desk_of(user)
        user._organizations = tended_by(desk.pk) if desk else frozenset()
    return user._organizations


def tended_by(organization):
    """The ministry or other top above this one, every unit under it, what these took over.

    A successor tends the records of those before it, with the units that they had.
    """
    parents, under = {}, {}
    columns = ("pk", "kind", "parent", "merged_into")
    for key, kind, parent, merged_into in Organization.objects.order_by().values_list(*columns):
        # A ministry is the top even where a government stands above it.
        parents[key] = merged_into or (None if kind == OrganizationKind.MINISTRY else parent)
        for above in {parent, merged_into} - {None}:
            under.setdefault(above, []).append(key)
    took_over = OrganizationSuccession.objects.order_by().values_list("successor", "predecessor")
    for successor, predecessor in took_over:
        under.setdefault(successor, []).append(predecessor)
    top, climbed = organization, {organization}
    while (above := parents.get(top)) is not None and above not in climbed:
        climbed.add(above)
        top = above
    tended, waiting = set(), [top]
    while waiting:
        key = waiting.pop()
        if key not in tended:
            tended.add(key)
            waiting += under.get(key, ())
    return frozenset(tended)


def is_central(user):
    """Reviews the whole register and may mend any of it: Duyệt, and a superuser."""
    return _has_permission(user, "publish", Meeting)


def belongs_to(row):
    """Keys of the organizations whose desks write this row; empty if it is everybody's."""
    owners = set()
    for path in BELONGS_TO.get(type(row), ()):
        *steps, last = path.split("__")
        owned = row
        for step in steps:
            is_given = owned is not None and _is_given(owned, step)
            owned = getattr(owned, step) if is_given else None
        owners.add(owned and getattr(owned, f"{last}_id"))
    return owners - {None}


def of_organizations(rows, organizations):
    """The rows of a queryset that belong to one of these; twin of `belongs_to`."""
    rule = Q()
    for path in BELONGS_TO[rows.model]:
        rule |= Q(**{f"{path}__in": organizations})
    return rows.filter(rule)


def is_at_desk(user, row):
    """Whether the row is one that the account's desk writes, or everybody's."""
    if is_central(user):
        return True
    if isinstance(row, Source):
        return _is_source_at_desk(user, row)
    owners = belongs_to(row)
    return not owners or bool(owners & organizations_of(user))


def _is_source_at_desk(user, source):
    """A source is everybody's until a record rests on it; then theirs whose records do."""
    is_free = True
    for model in BELONGS_TO:
        if model in (TakenUpItem, Answering):  # they rest on no source of their own
            continue
        rule = Q(source=source)
        if model is Meeting:
            rule |= Q(cited=source)
        resting = model.objects.filter(rule).order_by()
        if of_organizations(resting, organizations_of(user)).exists():
            return True
        is_free = is_free and not resting.exists()
    return is_free


# -- what an account may do


def _has_permission(user, verb, model):
    codename = get_permission_codename(verb, model._meta)
    return user.has_perm(f"{model._meta.app_label}.{codename}")


def may_add(user, model):
    """What belongs to an organization is entered by who has a desk."""
    if not _has_permission(user, "add", model):
        return False
    return model not in NEEDS_A_DESK or is_central(user) or desk_of(user) is not None


def may_change(user, row):
    """Its role writes such rows, and this one is its desk's. A published update never changes."""
    if isinstance(row, StatusUpdate) and row.code is not None:
        return False
    return (
        _has_permission(user, "change", row)
        and is_at_desk(user, row)
        and not _is_protected(user, row)
    )


def why_not(user, row):
    """Why somebody whose role writes such rows may not change this one, in words."""
    if isinstance(row, StatusUpdate) and row.code is not None:
        return _("A published update never changes: a mistake is answered by a new one.")
    if isinstance(row, Indicator) and row.is_proposed:
        return _("Somebody else proposed this indicator: they change it, or Quản trị.")
    if _is_protected(user, row):
        return _("The public reads this name: only Quản trị changes it.")
    if is_at_desk(user, row):
        return ""  # another rule of the desk's: the page itself says which
    if isinstance(row, Source):
        return _("Only records of other bodies rest on this source: their desks change it.")
    return _("It belongs to another body than your desk's: you read it, its desk changes it.")


def may_delete(user, row):
    """What the public has read is withdrawn, never deleted; a name that it reads stays."""
    if isinstance(row, Publishable) and row.code is not None:
        return False
    if isinstance(row, Official | Organization) and is_named(row):
        return False
    if isinstance(row, Attendance) and row.meeting.code is not None:
        return False
    if isinstance(row, Answering) and row.answer.code is not None:
        return False
    return _has_permission(user, "delete", row) and is_at_desk(user, row)


def may_review(user, record):
    """Sends back and withdraws, whoever wrote it."""
    return _has_permission(user, "publish", record)


def may_publish(user, record):
    """Never what they changed themselves since the public last read it."""
    return may_review(user, record) and user.pk not in record.editors()


# -- names that the public reads


def keeps_the_lists(user, model):
    """Quản trị: who may delete such a row."""
    return _has_permission(user, "delete", model)


def is_named(row):
    """Whether the public reads this name: a current edition has it, or the reference data."""
    if isinstance(row, Organization):
        return public_organizations().filter(pk=row.pk).exists()
    links = Edition.objects.current().filter(**{f"links__{row._meta.model_name}": row})
    return links.exists()


def _is_protected(user, row):
    """A name that the public reads changes at once, without a second person: by Quản trị alone.

    A proposed indicator is not read yet: who proposed it may mend it.
    """
    if keeps_the_lists(user, type(row)):
        return False
    if isinstance(row, Indicator):
        return not (row.is_proposed and row.proposed_by_id == user.pk)
    if row._meta.app_label != "provinces":
        return False
    named = row.official if isinstance(row, Post) else row
    return isinstance(named, Official | Organization) and is_named(named)


def may_accept(user, indicator):
    """Who keeps the indicators decides on a proposed one, never on their own."""
    return keeps_the_lists(user, Indicator) and indicator.proposed_by_id != user.pk


# -- what a form, or an imported row, may say


def misplaced(user, record, changed):
    """{field: message} for every change by which a record would leave the desk or come to it.

    `record` bears the new values, `changed` names them; a new record has all of them changed.
    """
    if isinstance(record, Post):
        return _of_somebody_known(user, record, changed)
    if is_central(user):
        return {}
    reasons = {}
    for name in PLACED_BY.get(type(record), ()):
        chosen = getattr(record, name) if name in changed and _is_given(record, name) else None
        if chosen is not None and not _is_of_desk(user, chosen):
            message = _("Your desk writes for %(desk)s and its units; this belongs to others.")
            reasons[name] = message % {"desk": desk_of(user) or _("no body")}
    lost = {path for path in BELONGS_TO.get(type(record), ()) if "__" not in path} & set(changed)
    if not reasons and lost and not is_at_desk(user, record):
        for name in sorted(lost):
            reasons[name] = _("With this body the record would no longer be your desk's.")
    return reasons


def _of_somebody_known(user, post, changed):
    """The posts of somebody whom the public reads of are read at once."""
    if (
        "official" not in changed
        or not _is_given(post, "official")
        or not _is_protected(user, post)
    ):
        return {}
    return {"official": _("The public reads of this person: posts are entered by Quản trị.")}


def _is_given(record, name):
    return getattr(record, f"{name}_id") is not None


def _is_of_desk(user, row):
    owners = {row.pk} if isinstance(row, Organization) else belongs_to(row)
    return bool(owners & organizations_of(user))
