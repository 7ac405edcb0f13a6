"""Screens of staff accounts: users, groups (roles) and the desk that each account writes for.

Nobody gives a role or a desk to themselves.
"""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as StockGroupAdmin
from django.contrib.auth.admin import UserAdmin as StockUserAdmin
from django.contrib.auth.forms import ReadOnlyPasswordHashWidget, UserChangeForm
from django.contrib.auth.models import Group, User
from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _

from provinces.models import Officer

from .guarded import GuardedAdmin
from .historical import HistoricalAdmin
from .lists import UsedRelationFilter
from .rows import TableInline
from .site import is_shown_again


def is_self(request, user):
    """Nobody gives themselves a role or a desk; a superuser has every one already."""
    return user is not None and user.pk == request.user.pk and not request.user.is_superuser


@admin.register(Officer)
class OfficerAdmin(HistoricalAdmin):
    """For which organization each account writes. Nobody chooses their own."""

    is_short = True
    list_display = ("user", "organization")
    list_select_related = ("user", "organization")
    list_filter = (("organization", UsedRelationFilter),)
    search_fields = ("user__username", "user__first_name", "user__last_name", "organization__name")
    autocomplete_fields = ("user", "organization")

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "user" and not request.user.is_superuser:
            kwargs["queryset"] = User.objects.exclude(pk=request.user.pk)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def may_write(self, request, obj=None):
        return obj is None or not is_self(request, obj.user)


class OfficerInline(TableInline):
    model = Officer
    autocomplete_fields = ("organization",)

    def may_write(self, request, obj=None):
        return not is_self(request, obj)


class PasswordState(ReadOnlyPasswordHashWidget):
    """What is known of a password: no box that could be disabled, as its field says of itself."""

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"].pop("disabled", None)
        return context


class AccountForm(UserChangeForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "password" in self.fields:
            self.fields["password"].widget = PasswordState()


@admin.register(User)
class UserAdmin(GuardedAdmin, StockUserAdmin):
    """Accounts. An account is switched off, never deleted: its name stands in the history.

    Who is no superuser makes none, and does not touch one: roles are given by groups alone, and
    nobody gives one to themselves.
    """

    ROLE = ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")

    form = AccountForm
    is_short = True
    list_display = ("username", "first_name", "last_name", "desk", "is_active", "is_staff")
    list_select_related = ("officer__organization",)
    filter_horizontal = ()  # Django's two boxes bear names that a screen reader must not be given
    inlines = (OfficerInline,)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name == "groups":  # four roles
            kwargs["widget"] = CheckboxSelectMultiple()
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def add_view(self, request, form_url="", extra_context=None):
        if is_shown_again(request):
            return self._add_view(request, form_url, extra_context)
        return super().add_view(request, form_url, extra_context)

    @admin.display(description=_("organization"), empty_value="")
    def desk(self, user):
        return user.officer.organization if hasattr(user, "officer") else None

    def get_inlines(self, request, obj):
        return super().get_inlines(request, obj) if obj else ()

    def get_readonly_fields(self, request, obj=None):
        if request.user.is_superuser:
            fixed = ()
        elif is_self(request, obj):
            fixed = self.ROLE
        else:
            fixed = ("is_superuser", "user_permissions")
        return (*super().get_readonly_fields(request, obj), *fixed)

    def has_change_permission(self, request, obj=None):
        allowed = obj is None or not obj.is_superuser or request.user.is_superuser
        return allowed and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Group)
class GroupAdmin(GuardedAdmin, StockGroupAdmin):
    """Roles. What each may do is a table in the documents."""

    is_short = True
    filter_horizontal = ()
