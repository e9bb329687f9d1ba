"""Who is at the desk, and what it takes away of the pages that packages register by themselves."""

from django.contrib import admin
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_tasks_db.models import DBTaskResult

from . import accounts, members  # noqa: F401  they register themselves

admin.site.unregister(TOTPDevice)  # its page would show the keys
admin.site.unregister(DBTaskResult)  # what a task was for is seen where it matters: mails, imports, receipts
