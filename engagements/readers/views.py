"""Views of subscriptions and tips: to follow a page, confirm, unsubscribe; to tell us something."""

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, SignatureExpired
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import TemplateView, View
from django.views.generic.edit import FormView

from engagements.limits import FormThrottle, too_many
from engagements.mail import is_sent

from .alerts import confirmation_email, last_sequence, signer
from .forms import FollowForm, TipForm
from .models import BETWEEN_MAILS, Subscription, Tip
from .targets import Target

LINK_LIFE = 3 * 24 * 60 * 60
FOLLOWS = FormThrottle("follow", 20)
CONFIRMATIONS_AN_HOUR = 5  # to one e-mail address, whoever asks
TIPS = FormThrottle("tip", 5)
TIPS_WAITING = 500


class PrivateMixin:
    """Pages that no cache keeps, no search engine lists and no other site hears of."""

    def dispatch(self, request, *args, **kwargs):
        response = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"] = "no-store, private"
        response["X-Robots-Tag"] = "noindex"
        return response


class ReaderFormView(PrivateMixin, FormView):
    """A form whose errors stand beside the fields, with what was typed kept."""

    http_method_names = ("get", "head", "post", "options")

    def form_invalid(self, form, status=400):
        return self.render_to_response(self.get_context_data(form=form), status=status)

    def post(self, request, *args, **kwargs):
        form = self.get_form()
        if form.is_by_a_machine:
            return redirect(self.success_url)
        return self.form_valid(form) if form.is_valid() else self.form_invalid(form)


# -- following


class FollowPage(ReaderFormView):
    """Asks for an address; the answer is the same whoever asks and whatever is followed already."""

    form_class = FollowForm
    template_name = "engagements/subscription_form.html"
    success_url = "follow-sent"

    def get_initial(self):
        address = self.request.GET.get("trang", "")
        try:
            return {"trang": Target(address).address}
        except ValidationError:
            return {"trang": address}

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        form = context["form"]
        address = form["trang"].value() or ""
        try:
            target = Target(address)
        except ValidationError as error:
            return context | {"target": None, "asked": address, "why": error.messages}
        return context | {"target": target}

    def render_to_response(self, context, status=200, **kwargs):
        wrong = context["target"] is None and context["asked"]
        return super().render_to_response(context, status=400 if wrong else status, **kwargs)

    def form_valid(self, form):
        if not FOLLOWS.allow_request(self.request):
            form.add_error(None, _("Too many requests came from your network. Try in an hour."))
            return too_many(self.form_invalid(form), FOLLOWS)
        email, address = form.cleaned_data["email"], form.target.address
        subscription, asked_before = self._subscription_to_mail(email, address)
        if subscription is not None and not is_sent(confirmation_email, subscription, form.target):
            subscription.asked_at = asked_before
            subscription.save(update_fields=["asked_at"])
            form.add_error(None, _("No mail can be sent at the moment. Try again later."))
            return self.form_invalid(form, status=503)
        return redirect(self.success_url)

    @transaction.atomic
    def _subscription_to_mail(self, email, address):
        """(the subscription that is to be mailed, when it was last); None if none is to be."""
        now = timezone.now()
        recent = Subscription.objects.filter(email=email, asked_at__gt=now - BETWEEN_MAILS)
        if recent.count() >= CONFIRMATIONS_AN_HOUR:
            return None, None
        subscription, _made = Subscription.objects.get_or_create(
            email=email, target=address, defaults={"language": get_language()}
        )
        subscription = Subscription.objects.select_for_update().get(pk=subscription.pk)
        if not subscription.may_be_mailed(now):
            return None, None
        asked_before, subscription.asked_at = subscription.asked_at, now
        if not subscription.confirmed_at:
            subscription.language = get_language()
        subscription.save(update_fields=["asked_at", "language"])
        return subscription, asked_before


class FollowSent(PrivateMixin, TemplateView):
    template_name = "engagements/subscription_sent.html"


class TokenView(PrivateMixin, View):
    """A page that a link in an e-mail opens. Its token is the key: no cookie, no login."""

    http_method_names = ("get", "head", "post", "options")

    @method_decorator(csrf_exempt)
    def dispatch(self, request, *args, **kwargs):
        response = super().dispatch(request, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        return response

    def page(self, name, status=200, **context):
        return render(self.request, f"engagements/subscription_{name}.html", context, status=status)

    def dead_link(self, why, status, subscription=None):
        """A link that opens nothing; the page to ask anew from, where it is known."""
        address = subscription.target if subscription else ""
        return self.page("dead", status, why=why, address=address)


def followed_page(subscription):
    """Title and address of the followed page; its bare address if it is not there any more."""
    try:
        target = Target(subscription.target)
    except ValidationError:
        return {"page": subscription.target, "href": ""}
    return {"page": target.title(), "href": target.href()}


class FollowConfirm(TokenView):
    """A person confirms by a button: mail programs open links by themselves."""

    def get(self, request, token):
        subscription, refusal = self.opened(token)
        if refusal:
            return refusal
        name = "confirmed" if subscription.confirmed_at else "confirm"
        return self.page(name, subscription=subscription, **followed_page(subscription))

    def post(self, request, token):
        subscription, refusal = self.opened(token)
        if refusal:
            return refusal
        with transaction.atomic():
            subscription = (
                Subscription.objects.select_for_update().filter(pk=subscription.pk).first()
            )
            if subscription is not None and not subscription.confirmed_at:
                subscription.confirmed_at = timezone.now()
                subscription.mark = last_sequence()
                subscription.save(update_fields=["confirmed_at", "mark"])
        return redirect("follow-confirm", token)

    def opened(self, token):
        """(the subscription, None), or (None, the page that says why the link opens nothing)."""
        try:
            key, is_late = signer.unsign(token, max_age=LINK_LIFE), False
        except SignatureExpired:
            key, is_late = signer.unsign(token), True
        except BadSignature:
            return None, self.dead_link("forged", 400)
        subscription = Subscription.objects.filter(token=key).first()
        if subscription is None:
            return None, self.dead_link("gone", 410)
        if is_late and not subscription.confirmed_at:
            return None, self.dead_link("late", 410, subscription)
        return subscription, None


class FollowStop(TokenView):
    """Ends one subscription: a button for people, one POST for mail programs (RFC 8058)."""

    ends_all = False

    def ended_by(self, token):
        """What the link ends: its subscription, or all that the same mails are sent for."""
        subscription = Subscription.objects.filter(token=token).first()
        if subscription is None or not self.ends_all:
            return subscription, [subscription]
        others = Subscription.objects.confirmed().filter(
            email=subscription.email, language=subscription.language
        )
        return subscription, list({row.pk: row for row in [subscription, *others]}.values())

    def get(self, request, token):
        subscription, _every = self.ended_by(token)
        if subscription is None:
            return self.dead_link("gone", 410)
        return self.page("stop", ends_all=self.ends_all, **followed_page(subscription))

    def post(self, request, token):
        subscription, every = self.ended_by(token)
        if subscription is None:
            return self.dead_link("gone", 410)
        context = followed_page(subscription) | {"address": subscription.target}
        with transaction.atomic():
            for row in every:
                row.delete()
        return self.page("stopped", ends_all=self.ends_all, **context)


# -- telling


class TipPage(ReaderFormView):
    """Takes in what a reader knows better; staff read it, the public never."""

    form_class = TipForm
    template_name = "engagements/tip_form.html"
    success_url = "tip-thanks"

    def get_initial(self):
        about = self.request.GET.get("ve", "")
        return {"ve": about} if about else {}

    def get(self, request, *args, **kwargs):
        form = self.get_form()
        if about := form.initial.get("ve"):
            try:
                form.initial["ve"] = form.fields["ve"].clean(about)
                form.cleaned_data = {"ve": form.initial["ve"]}
                form.clean_ve()
            except ValidationError as error:
                context = self.get_context_data(form=form, why=error.messages)
                return self.render_to_response(context, status=400)
        return self.render_to_response(self.get_context_data(form=form))

    def form_valid(self, form):
        if Tip.objects.filter(uid=form.cleaned_data["uid"]).exists():
            return redirect(self.success_url)
        if Tip.objects.waiting().count() >= TIPS_WAITING:
            form.add_error(None, _("So much waits to be read that nothing more is taken today."))
            return self.form_invalid(form, status=503)
        if not TIPS.allow_request(self.request):
            form.add_error(None, _("Five messages an hour are taken from one network. Try later."))
            return too_many(self.form_invalid(form), TIPS)
        form.tip(get_language())
        return redirect(self.success_url)


class TipThanks(PrivateMixin, TemplateView):
    template_name = "engagements/tip_thanks.html"
