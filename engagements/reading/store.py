"""Names of the register, and what it has already: the one module of the reader that asks the
database."""

from collections import defaultdict

from provinces.models import Official, Organization, Province, Succession

from .names import Body, KnownOfficial, Names, Unit


def load_names():
    """Names of every province, organization and official of the register."""
    follows = defaultdict(list)
    for predecessor, successor in Succession.objects.values_list(
        "predecessor__slug", "successor__slug"
    ):
        follows[successor].append(predecessor)
    units = tuple(
        Unit(
            slug=province.slug,
            name=province.name,
            kind=province.kind,
            aliases=tuple(province.aliases.splitlines()),
            established_on=province.established_on,
            ceased_on=province.ceased_on,
            follows=tuple(follows[province.slug]),
        )
        for province in Province.objects.all()
    )
    organizations = Organization.objects.filter(merged_into=None)
    bodies = tuple(
        Body(
            slug=organization.slug,
            name=organization.name,
            kind=organization.kind,
            short_name=organization.short_name,
            aliases=tuple(organization.aliases.splitlines()),
            established_on=organization.established_on,
            ceased_on=organization.ceased_on,
            province=organization.province.slug if organization.province else "",
            parent=organization.parent.slug if organization.parent else "",
        )
        for organization in organizations.select_related("province", "parent").order_by("pk")
    )
    officials = tuple(
        KnownOfficial(slug, name)
        for slug, name in Official.objects.filter(merged_into=None).values_list("slug", "full_name")
    )
    return Names(units, bodies, officials)
