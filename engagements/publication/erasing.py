"""Erasure of a person's data on request: register, history, log and every edition, past ones too.

Nothing else changes what was published. The triggers are lifted for one transaction; whoever calls
holds the register's lock and has the transaction open.
"""

import json
import re

from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models

from engagements.edition.models import Edition
from engagements.edition.triggers import lifted
from engagements.models import Attendance, Merge
from provinces.models import Official, Post
from provinces.vietnamese import derived_fields, fold

from . import compose
from .links import topic_names
from .reissuing import repeat

ERASED = "(đã xoá theo yêu cầu)"
LINKS_TO_A_PERSON = ("official", "raised_by", "said_by")


class Erasure:
    """One person: the names and addresses they ever had here, and what holds them.

    Rows that were merged into the person's are the person's too.
    """

    def __init__(self, official):
        self.official = official
        self.rows = [official]
        for row in self.rows:
            self.rows += row.merged.order_by("pk")
        keys = [row.pk for row in self.rows]
        past = Official.history.filter(id__in=keys).values_list("full_name", "slug")
        names = [(row.full_name, row.slug) for row in self.rows] + list(past)
        self.names = {name for name, _slug in names} - {ERASED}
        self.slugs = {slug for _name, slug in names}
        others = Official.objects.exclude(pk__in=keys).values_list("full_name", flat=True)
        folded = {fold(name) for name in self.names}
        self.namesakes = any(fold(name) in folded for name in others)
        # A single word is a word of many other texts.
        whole = sorted((name for name in self.names if len(name.split()) > 1), key=len)[::-1]
        self.pattern = re.compile(
            r"(?<!\w)(?:" + "|".join(r"\s+".join(map(re.escape, name.split())) for name in whole)
            + r")(?!\w)", re.IGNORECASE,
        ) if whole else None  # fmt: skip
        self.counts = {"rows": 0, "rows of history": 0, "editions": 0}

    def names_in(self, text):
        return bool(self.pattern and self.pattern.search(text))

    def summary(self):
        return ", ".join(f"{count} {what}" for what, count in self.counts.items())

    def carry_out(self, user, reason):
        with lifted(connection):
            self.erase_posts()
            self.erase_attendances()
            self.erase_names()
            self.erase_merges()
            if not self.namesakes and self.pattern:
                self.sweep_texts()
            touched = self.rewrite_editions()
        for row in self.rows:
            row._history_user = user
            row._change_reason = reason
            row.save()
            self.counts["rows"] += 1
        # Whoever keeps a copy by sequence reads the current ones again.
        repeat(*touched)

    # -- the register

    def erase_names(self):
        for row in self.rows:
            row.full_name, row.slug, row.note = ERASED, f"da-xoa-{row.pk}", ""
            known = {"full_name": ERASED, "slug": row.slug, "note": ""}
            known |= {field.name: field.derived(row) for field in derived_fields(row.history.model)}
            self.counts["rows of history"] += row.history.update(**known)
        self.erase_log(Official, [row.pk for row in self.rows])

    def erase_merges(self):
        """Also those that were taken back."""
        keys = [row.pk for row in self.rows]
        merges = Merge.objects.filter(official__isnull=False)
        merges = merges.filter(models.Q(official__in=keys) | models.Q(kept__in=keys))
        self.erase_log(Merge, merges.values_list("pk", flat=True))
        merges.filter(kept__in=keys).update(kept_name=ERASED)
        for merge in merges:
            if self.names_in(merge.reason):
                merges.filter(pk=merge.pk).update(reason=self.pattern.sub(ERASED, merge.reason))

    def erase_log(self, model, keys):
        LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(model),
            object_id__in=[str(key) for key in keys],
        ).update(object_repr=ERASED)

    def erase_posts(self):
        mine = Post.objects.filter(official__in=self.rows)
        self.counts["rows"] += mine.count()
        mine.delete()
        gone, _by_model = Post.history.filter(
            official_id__in=[row.pk for row in self.rows]
        ).delete()
        self.counts["rows of history"] += gone

    def erase_attendances(self):
        mine = {"title": "", "quote": ""}
        self.counts["rows"] += Attendance.objects.filter(official__in=self.rows).update(**mine)
        self.counts["rows of history"] += Attendance.history.filter(
            official_id__in=[row.pk for row in self.rows]
        ).update(**mine)

    def sweep_texts(self):
        """The name in texts of any row; a quotation with it goes, since none may be altered."""
        for model in apps.get_models():
            if model._meta.app_label not in ("provinces", "engagements") and model != LogEntry:
                continue
            if model._meta.proxy or model is Edition:
                continue
            self.sweep(model)

    def sweep(self, model):
        derived = derived_fields(model)
        texts = [
            field
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField)
            and not isinstance(field, models.SlugField)
            and field not in derived
            and not field.choices
        ]
        packed = [
            field for field in model._meta.concrete_fields if isinstance(field, models.JSONField)
        ]
        for row in model._base_manager.all().iterator() if texts or packed else ():
            changed = {}
            for field in packed:
                was = getattr(row, field.attname)
                if (now := self.cleaned(self.without_seat(was))) != was:
                    changed[field.attname] = now
            for field in texts:
                was = getattr(row, field.attname) or ""
                if self.names_in(was):
                    now = "" if field.name == "quote" else self.pattern.sub(ERASED, was)
                    changed[field.attname] = now[: field.max_length] if field.max_length else now
            if changed:
                for name, value in changed.items():
                    setattr(row, name, value)
                changed |= {field.attname: field.derived(row) for field in derived}
                model._base_manager.filter(pk=row.pk).update(**changed)
                self.counts["rows of history" if hasattr(model, "history_date") else "rows"] += 1

    def without_seat(self, payload):
        """A proposal of who sat at a session, without the title and address of this person."""
        if not isinstance(payload, dict):
            return payload
        payload = {name: self.without_seat(value) for name, value in payload.items()}
        if self.slugs.isdisjoint(map(str, payload.get("officials") or ())):
            return payload
        return payload | {"title": "", "officials": []}

    # -- the editions

    def rewrite_editions(self):
        """Every edition that holds the person, past ones too; returns the current ones."""
        current = []
        for edition in Edition.objects.exclude(payload="").order_by("sequence").iterator():
            was = json.loads(edition.payload)
            now = self.cleaned(was)
            if now == was:
                continue
            edition.search = self.searched(edition, was, now)
            edition.payload = json.dumps(now, ensure_ascii=False, separators=(",", ":"))
            Edition.objects.filter(pk=edition.pk).update(
                payload=edition.payload, search=edition.search
            )
            self.counts["editions"] += 1
            if edition.superseded_at is None and edition.withdrawn_at is None:
                current.append(Edition.objects.get(pk=edition.pk))
        return current

    def cleaned(self, value, key=""):
        if isinstance(value, list):
            return [self.cleaned(part, key) for part in value]
        if isinstance(value, str):
            if self.namesakes or not self.names_in(value):
                return value
            return "" if key == "quote" else self.pattern.sub(ERASED, value)
        if not isinstance(value, dict):
            return value
        cleaned = {name: self.cleaned(part, name) for name, part in value.items()}
        if key in LINKS_TO_A_PERSON and value.get("slug") in self.slugs:
            cleaned |= {"slug": self.official.slug, "name": ERASED}
            if "title" in cleaned:
                cleaned["title"] = ""
        official = value.get("official")
        if isinstance(official, dict) and official.get("slug") in self.slugs:
            cleaned["title"] = ""
            cleaned["evidence"] = cleaned["evidence"] | {"quote": ""}
        return cleaned

    def searched(self, edition, was, now):
        """The search column of the changed payload: what it added of its own (places) stays."""
        topics = topic_names()
        before = f" {fold(' '.join(compose.searchable(edition.kind, was, topics)))} "
        after = f" {fold(' '.join(compose.searchable(edition.kind, now, topics)))} "
        if edition.search.startswith(before):
            return after + edition.search.removeprefix(before)
        search = edition.search
        for name in self.names:
            search = search.replace(f" {fold(name)} ", f" {fold(ERASED)} ")
        return search

    def left_in_files(self):
        """Files of the register that would bring the name back."""
        for path in sorted((settings.BASE_DIR / "fixtures").glob("*.yaml")):
            text = path.read_text(encoding="utf-8")
            slugs = self.slugs - {self.official.slug}
            if self.names_in(text) or any(re.search(rf"\b{slug}\b", text) for slug in slugs):
                yield path.relative_to(settings.BASE_DIR)
