"""Who is at the desk: the members of networks, and the accounts."""

from django.contrib import admin
from django_otp.plugins.otp_totp.models import TOTPDevice

from . import accounts, members  # noqa: F401  they register themselves

admin.site.unregister(TOTPDevice)  # its page would show the keys
