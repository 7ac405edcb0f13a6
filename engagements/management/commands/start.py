"""Development setup (`make run`, `make demo`): migrates, loads, makes accounts; idempotent."""

import secrets
import socket

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Count

from engagements.models import Meeting
from provinces.models import Officer, Organization

WRITES = "bien-tap"  # writes for the ministry whose sessions are loaded
ACCOUNTS = {
    WRITES: "Biên tập",
    "duyet": "Duyệt",
    "quan-tri": "Quản trị",
    "xem-noi-bo": "Xem nội bộ",
}
ADDRESSES = (
    ("Public pages", "/"),
    ("In English", "/en/"),
    ("API", "/api/v1/"),
    ("API documentation", "/api/docs/"),
    ("Staff", "/admin/"),
)


class Command(BaseCommand):
    help = (
        "Prepares a register on this machine: migrates, loads what is to be loaded, makes one "
        "staff account for each role on the first run, and prints the addresses."
    )
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args, port, verbosity, **options):
        if not settings.DEBUG:
            raise CommandError("This is for one's own machine: DEBUG is off here.")
        refuse_taken(port)
        call_command("migrate", verbosity=0)
        call_command("make_demo" if settings.DEMO else "load_register", verbosity=verbosity)
        self.make_accounts()
        for name, address in ADDRESSES:
            self.stdout.write(f"{name + ':':20}http://127.0.0.1:{port}{address}")
        self.stdout.flush()

    def make_accounts(self):
        """One account for each role, if there is no staff yet; the passwords are shown once."""
        User = get_user_model()
        with transaction.atomic():
            if User.objects.filter(is_staff=True).exists():
                if settings.DEMO:  # organizations were made anew, and no desk is left
                    give_desk()
                return
            self.stdout.write("Staff accounts (these passwords are not shown again):")
            for username, role in ACCOUNTS.items():
                password = secrets.token_urlsafe(12)
                user = User.objects.create_user(
                    username, f"{username}@localhost", password, is_staff=True
                )
                user.groups.add(Group.objects.get(name=role))
                desk = give_desk() if username == WRITES else None
                of = f", {desk}" if desk else ""
                self.stdout.write(f"  {username:12}{password:20}{role}{of}")
            # Shown before they are kept: an interruption leaves no account without a password.
            self.stdout.flush()


def give_desk():
    """The account that writes does so for the ministry of today; returns it."""
    user = get_user_model().objects.filter(username=WRITES, officer=None).first()
    desk = user and ministry_of_today()
    if desk:
        Officer.objects.create(user=user, organization=desk)
    return desk


def ministry_of_today():
    """Who tends the sessions that are loaded: the ministry that led most, or who took it over.

    Where several did, the one that is recorded first. None if there is no session.
    """
    led = Meeting.objects.order_by().values("ministry").annotate(n=Count("pk"))
    most = led.order_by("-n", "ministry").first()
    organization = most and Organization.objects.get(pk=most["ministry"])
    seen = set()
    while organization is not None and organization.pk not in seen:
        seen.add(organization.pk)
        last = organization.successions.order_by("pk").select_related("successor").first()
        organization = last.successor if last else organization
    return organization


def refuse_taken(port):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            raise CommandError(
                f"Port {port} cannot be used ({error}). Name another: PORT={port + 1} make run"
            ) from error
