"""Abstract models and QuerySets of records: publication, proof, version, shared constraints."""

import uuid
from datetime import UTC, datetime

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce, Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from engagements.days import refuse_impossible_days
from engagements.deadlines import midnight
from provinces.models import CheckedAtOnce, one_of
from provinces.vietnamese import Line, Prose

# Reasons under which a save only moves a record through review: no edit of what it says.
PUBLISHED, WITHDRAWN, SUBMITTED, SENT_BACK = "publish", "withdraw", "submit", "send back"
# Names that a record points to were made one, or two again: nothing of what it says was edited.
MERGED, UNMERGED = "merge", "take back a merge"
STEPS = (PUBLISHED, WITHDRAWN, SUBMITTED, SENT_BACK, MERGED, UNMERGED)
EVIDENCE_FIELDS = ("source", "paragraph", "quote", "is_inferred", "inference")  # of Evidenced
QUOTE_CHARACTERS = 300
QUOTE_WORDS = 20


class State(models.TextChoices):
    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("Waiting for review")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class VersionField(models.PositiveIntegerField):
    """Counts the saves of a row, so that two people cannot overwrite each other unseen."""

    def pre_save(self, model_instance, add):
        if hasattr(model_instance, "history_date"):  # the history keeps what it was told
            return getattr(model_instance, self.attname)
        value = getattr(model_instance, self.attname) or 0
        if not (add and value):  # a row of the history is added with the version it tells of
            value += 1
        setattr(model_instance, self.attname, value)
        return value


# Something the public has read was changed since.
WAITING_EDIT = Q(published_version__isnull=False) & ~Q(version=F("published_version"))


class PublishableQuerySet(models.QuerySet):
    """Records by where they stand between a draft and the public."""

    def with_waiting_edit(self):
        """The register differs from what the public reads."""
        return self.filter(WAITING_EDIT)

    def waiting_for_review(self):
        """Submitted, or edited since the public read it, and not sent back since."""
        return self.filter(Q(state=State.IN_REVIEW) | WAITING_EDIT, review_note="")

    def sent_back(self):
        """With the reviewer's note, until it is submitted again."""
        return self.filter(Q(state=State.DRAFT) | WAITING_EDIT).exclude(review_note="")

    def published(self):
        return self.filter(state=State.PUBLISHED)

    def edited_by(self, user):
        """What that account changed since the public last read it; twin of Publishable.editors."""
        return self.filter(self._edits_of(user))

    def untouched_by(self, user):
        """What that account may publish, as far as four eyes go."""
        return self.exclude(self._edits_of(user))

    def _edits_of(self, user):
        own = Q(published_version=None, created_by=user)
        own |= Q(updated_by=user) & (Q(published_version=None) | WAITING_EDIT)
        histories = [self.model.history.filter(id=OuterRef("pk"))]
        for name in self.model.children:
            relation = self.model._meta.get_field(name)
            rows = relation.related_model.history
            histories.append(rows.filter(**{relation.field.name: OuterRef("pk")}))
        since = Coalesce(OuterRef("published_at"), Value(datetime(1, 1, 2, tzinfo=UTC)))
        for rows in histories:
            rows = rows.filter(history_user=user, history_date__gt=since)
            own |= Q(Exists(rows.exclude(history_change_reason__in=STEPS)))
        return own

    def lying_since(self, day):
        """Waits for review since before that day."""
        return self.waiting_for_review().filter(updated_at__lt=midnight(day))

    def unproven(self):
        """Published, and no proof of it can be opened: no source, or its addresses are dead."""
        dead = self.model._meta.get_field("source").related_model.objects.out_of_reach()
        return self.published().filter(Q(source=None) | Q(source__in=dead.values("pk")))


class Publishable(CheckedAtOnce):
    """A record that the public reads only as an edition, which a second person publishes."""

    uid = models.UUIDField(
        default=uuid.uuid4,
        unique=True,
        editable=False,
        help_text=_(
            "Names the record before it has a code; a form sent twice bears it twice. "
            "Never published."
        ),
    )
    state = models.CharField(
        _("state"),
        max_length=16,
        choices=State,
        default=State.DRAFT,
        editable=False,
        db_index=True,
        help_text=_("Never published."),
    )
    code = models.CharField(
        _("code"),
        max_length=120,
        unique=True,
        null=True,
        blank=True,
        editable=False,
        help_text=_("Given at the first publication. Published."),
    )
    version = VersionField(default=1, editable=False, help_text=_("Never published."))
    published_version = models.PositiveIntegerField(
        null=True,
        editable=False,
        help_text=_("The version that the public reads. Never published."),
    )
    published_at = models.DateTimeField(
        _("published at"),
        null=True,
        editable=False,
        help_text=_("When the register last published it. Published."),
    )
    created_at = models.DateTimeField(auto_now_add=True, help_text=_("Never published."))
    updated_at = models.DateTimeField(auto_now=True, help_text=_("Never published."))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        help_text=_("Never published."),
    )
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("last changed by"),
        help_text=_("Never published."),
    )
    review_note = Prose(
        _("note of the reviewer"), blank=True, help_text=_("Why it was sent back. Never published.")
    )

    objects = PublishableQuerySet.as_manager()

    kind = None  # the Edition.Kind value of the record
    children = ()  # relations that are published with it, as its parts

    class Meta:
        abstract = True
        default_permissions = ("add", "change", "delete", "view", "publish")
        constraints = [
            one_of("state", State),
            models.CheckConstraint(
                name="%(class)s_public_has_code",
                condition=Q(state__in=[State.DRAFT, State.IN_REVIEW])
                | Q(
                    code__isnull=False, published_at__isnull=False, published_version__isnull=False
                ),
                violation_error_message=_(
                    "A published record has a code and a day of publication."
                ),
            ),
            models.CheckConstraint(
                name="%(class)s_code_not_empty",
                condition=~Q(code=""),
                violation_error_message=_("A code is not empty."),
            ),
        ]

    past_days = ()  # fields whose days are never to come, nor before `session_day`
    session_day = None

    def clean(self):
        super().clean()
        refuse_impossible_days(self)

    @property
    def has_waiting_edit(self):
        """Whether the register differs from what the public reads."""
        return self.published_version is not None and self.version != self.published_version

    @property
    def waits_for_review(self):
        """Twin of PublishableQuerySet.waiting_for_review."""
        return not self.review_note and (self.state == State.IN_REVIEW or self.has_waiting_edit)

    @property
    def was_sent_back(self):
        """Twin of PublishableQuerySet.sent_back."""
        open_to_editors = self.state == State.DRAFT or self.has_waiting_edit
        return bool(self.review_note) and open_to_editors

    def editors(self):
        """Accounts (ids) that changed the record or its parts since its last edition."""
        return editors_of([self])[self.pk]


def editors_of(records):
    """{key: accounts (ids) that changed it or its parts since its last edition}, for one model."""
    model, since = type(records[0]), {record.pk: record.published_at for record in records}
    accounts = {record.pk: set() for record in records}
    for record in records:
        if record.published_version is None:
            accounts[record.pk].add(record.created_by_id)
        if record.published_version is None or record.has_waiting_edit:
            accounts[record.pk].add(record.updated_by_id)
    histories = [(model.history, "id")]
    for name in model.children:
        relation = model._meta.get_field(name)
        histories.append((relation.related_model.history, relation.field.attname))
    # Each record has its own last publication: the earliest bounds what is read.
    first = min((at for at in since.values() if at), default=None)
    first = None if None in since.values() else first
    for rows, owner in histories:
        rows = rows.filter(**{f"{owner}__in": since}).exclude(history_change_reason__in=STEPS)
        if first is not None:
            rows = rows.filter(history_date__gt=first)
        columns = rows.order_by().values_list(owner, "history_user_id", "history_date")
        for key, account, changed_at in columns:
            if since[key] is None or changed_at > since[key]:
                accounts[key].add(account)
    return {key: editors - {None} for key, editors in accounts.items()}


class Evidenced(CheckedAtOnce):
    """Something that a source proves: where it stands there and in which words."""

    source = models.ForeignKey(
        "engagements.Source",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("source"),
        help_text=_("The document that proves it. Published."),
    )
    paragraph = models.PositiveIntegerField(
        _("paragraph"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Non-empty lines of the source, counted from 1. Published."),
    )
    quote = Line(
        _("quotation"),
        max_length=QUOTE_CHARACTERS,
        blank=True,
        help_text=_("At most 20 words, exactly as the source has them. Published."),
    )
    is_inferred = models.BooleanField(
        _("inferred"),
        default=False,
        help_text=_("Something here is concluded, not said. Published."),
    )
    inference = Prose(
        _("why inferred"), blank=True, help_text=_("What is concluded, and from what. Published.")
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_quote_has_a_source",
                condition=Q(quote="") | Q(source__isnull=False),
                violation_error_message=_("A quotation names its source."),
            ),
            models.CheckConstraint(
                name="%(class)s_quote_is_short",
                condition=LessThanOrEqual(Length("quote"), QUOTE_CHARACTERS),
                violation_error_message=_("A quotation has at most 300 characters."),
            ),
            models.CheckConstraint(
                name="%(class)s_paragraph_from_one",
                condition=Q(paragraph=None) | Q(paragraph__gte=1),
                violation_error_message=_("Paragraphs are counted from 1."),
            ),
            models.CheckConstraint(
                name="%(class)s_paragraph_has_a_source",
                condition=Q(paragraph=None) | Q(source__isnull=False),
                violation_error_message=_("A paragraph names its source."),
            ),
            models.CheckConstraint(
                name="%(class)s_inferred_says_why",
                condition=Q(is_inferred=True) & ~Q(inference="")
                | Q(is_inferred=False) & Q(inference=""),
                violation_error_message=_("What is inferred says why; what is not, doesn't."),
            ),
        ]


def published_needs_source():
    """What the public reads names its proof; but an update may rest on what staff know."""
    return models.CheckConstraint(
        name="%(class)s_published_has_a_source",
        condition=~Q(state=State.PUBLISHED) | Q(source__isnull=False),
        violation_error_message=_("A published record names its source."),
    )


def in_order(first, last, message):
    """A constraint that one day, where both are known, is not before the other."""
    return models.CheckConstraint(
        name=f"%(class)s_{last}_after_{first}",
        condition=Q(**{first: None}) | Q(**{last: None}) | Q(**{f"{last}__gte": F(first)}),
        violation_error_message=message,
    )
