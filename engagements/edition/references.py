"""Reference lists of the API: provinces, organizations, officials, topics, indicators.

Each is short and whole: a serializer for its rows, and the rows themselves. The API lists them,
dumps hold them, the data dictionary explains them. `CHOICES` are the closed lists of codes.
"""

from collections import defaultdict

from rest_framework import serializers

from engagements import words
from engagements.reference import Indicator, Topic
from provinces.models import (
    Atlas,
    Official,
    Organization,
    OrganizationKind,
    OrganizationSuccession,
    Province,
    ProvinceKind,
    SuccessionKind,
)

from .payloads import Named
from .reading import named, public_officials, public_organizations

CHOICES = {
    "kind": words.Kind,
    "cause": words.Cause,
    "status": words.FollowUpStatus,
    "deadline": words.Deadline,
    "status_proof": words.StatusProof,
    "voices": words.Voices,
    "inferred": words.Claim,
    "strength": words.Strength,
    "made_by": words.MadeBy,
    "answer": words.Answer,
    "response": words.Response,
    "source_type": words.SourceKind,
    "source_rank": words.SourceRank,
    "on_behalf_of": words.OnBehalfOf,
    "format": words.MeetingFormat,
    "state_of_it": words.MeetingState,
    "side": words.Side,
    "initiated_by": words.InitiatedBy,
    "role": words.Role,
    "voice": words.Voice,
    "basis": words.Basis,
    "update_answer": words.UpdateAnswer,
    "remark_type": words.RemarkKind,
    "province_kind": ProvinceKind,
    "succession_kind": SuccessionKind,
    "organization_kind": OrganizationKind,
}


class ProvinceShape(serializers.Serializer):
    slug = serializers.SlugField()
    code = serializers.CharField()
    name = serializers.CharField()
    full_name = serializers.CharField()
    name_en = serializers.CharField()
    kind = serializers.ChoiceField(choices=ProvinceKind.choices)
    established_on = serializers.DateField(allow_null=True)
    ceased_on = serializers.DateField(allow_null=True)
    legal_act = serializers.CharField()
    aliases = serializers.ListField(child=serializers.CharField())
    note = serializers.CharField()
    path = serializers.CharField()
    predecessors = serializers.ListField(child=serializers.CharField())
    successors = Named(many=True)
    current = Named(allow_null=True)
    peoples_committee = Named(allow_null=True)


class SuccessionShape(Named):
    """An organization that took over, or handed over, a field of work."""

    field = serializers.CharField()
    is_principal = serializers.BooleanField()
    effective_on = serializers.DateField()
    legal_act = serializers.CharField()


class OrganizationShape(serializers.Serializer):
    slug = serializers.SlugField()
    name = serializers.CharField()
    name_en = serializers.CharField()
    short_name = serializers.CharField()
    kind = serializers.ChoiceField(choices=OrganizationKind.choices)
    parent = serializers.CharField(allow_null=True)
    province = serializers.CharField(allow_null=True)
    established_on = serializers.DateField(allow_null=True)
    ceased_on = serializers.DateField(allow_null=True)
    aliases = serializers.ListField(child=serializers.CharField())
    note = serializers.CharField()
    predecessors = SuccessionShape(many=True)
    successors = SuccessionShape(many=True)


class OfficialShape(Named):
    """A person whom a published record names."""


class TopicShape(serializers.Serializer):
    slug = serializers.SlugField()
    name = serializers.CharField()
    name_en = serializers.CharField()


class IndicatorShape(TopicShape):
    unit = serializers.CharField()
    better = serializers.CharField()
    note = serializers.CharField()


class OrganizationFilters(serializers.Serializer):
    kind = serializers.ChoiceField(choices=OrganizationKind.choices, required=False)


class ReferenceList:
    """One list: its names in addresses, the serializer of a row (`shape`), its `rows()`."""

    plural = singular = ""
    shape = None
    filters = serializers.Serializer  # keys of a row, and what they can be asked to be
    model = None  # of rows whose addresses may change

    def rows(self):
        """Every row the public may read now: instances or dicts that `shape` serializes."""
        raise NotImplementedError  # abstract: each list below has its own


class ProvinceReferences(ReferenceList):
    plural, singular = "provinces", "province"
    shape, model = ProvinceShape, Province

    def rows(self):
        atlas = Atlas()
        units = sorted(atlas.units.values(), key=lambda unit: (unit.sort_key, unit.pk))
        committees = Organization.objects.reference().exclude(province=None)
        committees = {committee.province_id: named(committee) for committee in committees}
        return [self.row(unit, atlas, committees.get(unit.pk)) for unit in units]

    def row(self, unit, atlas, committee):
        heir = atlas.heir(unit)
        row = {name: getattr(unit, name) for name in self.shape().fields if hasattr(unit, name)}
        return row | {
            "aliases": unit.aliases.split("\n") if unit.aliases else [],
            "path": f"/tinh/{unit.slug}/",
            "predecessors": [predecessor.slug for predecessor in atlas.predecessors(unit)],
            "successors": list(map(named, atlas.successors(unit))),
            "current": heir and named(heir),
            "peoples_committee": committee,
        }


class OrganizationReferences(ReferenceList):
    plural, singular = "organizations", "organization"
    shape, model, filters = OrganizationShape, Organization, OrganizationFilters

    def rows(self):
        rows = list(public_organizations().select_related("parent", "province"))
        known, before, after = {row.pk for row in rows}, defaultdict(list), defaultdict(list)
        for link in OrganizationSuccession.objects.select_related("predecessor", "successor"):
            before[link.successor_id].append(self.succession(link, link.predecessor))
            after[link.predecessor_id].append(self.succession(link, link.successor))
        return [
            self.row(row, known) | {"predecessors": before[row.pk], "successors": after[row.pk]}
            for row in rows
        ]

    def row(self, row, known):
        return {
            "slug": row.slug,
            "name": row.name,
            "name_en": row.name_en,
            "short_name": row.short_name,
            "kind": row.kind,
            "parent": row.parent.slug if row.parent_id in known else None,
            "province": row.province and row.province.slug,
            "established_on": row.established_on,
            "ceased_on": row.ceased_on,
            "aliases": row.aliases.split("\n") if row.aliases else [],
            "note": row.note,
        }

    def succession(self, succession, other):
        return named(other) | {
            "field": succession.field,
            "is_principal": succession.is_principal,
            "effective_on": succession.effective_on,
            "legal_act": succession.legal_act,
        }


class OfficialReferences(ReferenceList):
    plural, singular = "officials", "official"
    shape, model = OfficialShape, Official

    def rows(self):
        return [{"slug": row.slug, "name": row.full_name} for row in public_officials()]


class TopicReferences(ReferenceList):
    plural, singular = "topics", "topic"
    shape = TopicShape

    def rows(self):
        return list(Topic.objects.values("slug", "name", "name_en"))


class IndicatorReferences(ReferenceList):
    plural, singular = "indicators", "indicator"
    shape = IndicatorShape

    def rows(self):
        columns = ("slug", "name", "name_en", "unit", "better", "note")
        return list(Indicator.objects.public().values(*columns))


REFERENCES = {
    references.plural: references
    for references in (
        ProvinceReferences,
        OrganizationReferences,
        OfficialReferences,
        TopicReferences,
        IndicatorReferences,
    )
}
