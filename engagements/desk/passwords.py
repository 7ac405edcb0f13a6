"""A forgotten password: a link by mail, and the same answer whoever's address was asked for."""

from django.contrib import admin
from django.contrib.auth import views
from django.contrib.auth.forms import PasswordResetForm
from django.http import HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engagements.limits import FormThrottle, too_many
from engagements.mail import absolute

RESETS = FormThrottle("password", 10)
RESET_EMAILS = FormThrottle("password-mail", 3)  # to one e-mail address, whoever asks


class OfTheDesk:
    """A page in the desk's frame, for who is not logged in; it takes forms and nothing else."""

    http_method_names = ("get", "head", "post", "options")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return admin.site.each_context(self.request) | context

    def dispatch(self, request, *args, **kwargs):
        response = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"] = "no-store, private"
        response["X-Robots-Tag"] = "noindex"
        return response


class StaffResetForm(PasswordResetForm):
    def get_users(self, email):
        return (user for user in super().get_users(email) if user.is_staff)


class Reset(OfTheDesk, views.PasswordResetView):
    form_class = StaffResetForm
    template_name = "registration/password_reset_form.html"
    email_template_name = "registration/password_reset_email.txt"
    subject_template_name = "registration/password_reset_subject.txt"
    title = gettext_lazy("Forgotten password")
    # Links in mails begin with our own address, never with what a request says of itself.
    extra_email_context = {"site": absolute("")}

    def form_valid(self, form):
        if not RESETS.allow_request(self.request):
            form.add_error(None, _("Too many requests came from your network. Try in an hour."))
            return too_many(self.form_invalid(form), RESETS)
        if not RESET_EMAILS.allow(form.cleaned_data["email"].casefold()):
            return HttpResponseRedirect(self.get_success_url())
        return super().form_valid(form)


class ResetSent(OfTheDesk, views.PasswordResetDoneView):
    template_name = "registration/password_reset_done.html"
    title = gettext_lazy("Look into your mail")


class ResetConfirm(OfTheDesk, views.PasswordResetConfirmView):
    template_name = "registration/password_reset_confirm.html"
    title = gettext_lazy("A new password")


class ResetComplete(OfTheDesk, views.PasswordResetCompleteView):
    template_name = "registration/password_reset_complete.html"
    title = gettext_lazy("The password was changed")


# The login page links to the first by its name; the others bear the names that Django gives them.
urlpatterns = [
    path("", Reset.as_view(), name="admin_password_reset"),
    path("da-gui/", ResetSent.as_view(), name="password_reset_done"),
    path("<uidb64>/<token>/", ResetConfirm.as_view(), name="password_reset_confirm"),
    path("xong/", ResetComplete.as_view(), name="password_reset_complete"),
]
