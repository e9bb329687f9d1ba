"""What tests do at the desk."""

import time

from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from desk.enums import Entry
from desk.presence import ENTERED_BY
from regions.admin.proof import PROVED_AT
from regions.models import User
from tests.regions.factories import UserFactory

PASSWORD = "une phrase longue que personne ne devine"


def enter(client: Client, user: User) -> Client:
    """Come in at the desk as this person, all that a log-in asks for being given."""
    telephone_of(user)
    client.force_login(user)
    session = client.session
    session[ENTERED_BY] = Entry.SECOND_FACTOR.value
    session[PROVED_AT] = time.time()
    session.save()
    return client


def telephone_of(user: User) -> TOTPDevice:
    """The device of an account, given to it if it has none."""
    device, _created = TOTPDevice.objects.get_or_create(user=user, confirmed=True, defaults={"name": "TOTP"})
    return device


def code_of(device: TOTPDevice, *, later: int = 0) -> str:
    """What the telephone shows now, or so many steps of thirty seconds later."""
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time() + later * device.step
    return f"{totp.token():06}"


def colleague(**fields) -> User:
    """Somebody with an account, a password and no second factor yet."""
    user = UserFactory(is_staff=True, **fields)
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return user


def give_password(client: Client, user: User, password: str = PASSWORD, **headers):
    """Fill in the log-in page."""
    return client.post(reverse("admin:login"), {"username": user.username, "password": password}, **headers)


def give_code(client: Client, code: str, page: str = "admin:second-factor"):
    return client.post(reverse(page), {"code": code})
