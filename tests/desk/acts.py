"""What tests do at the desk."""

import time

from django.test import Client

from regions.admin.proof import PROVED_AT
from regions.models import User


def enter(client: Client, user: User) -> Client:
    """Come in at the desk as this person, all that a log-in asks for being given."""
    client.force_login(user)
    session = client.session
    session[PROVED_AT] = time.time()
    session.save()
    return client
