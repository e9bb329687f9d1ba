"""What the desk itself registers, and what it takes away from Django's own packages."""

from django.contrib import admin
from django_tasks_db.models import DBTaskResult

admin.site.unregister(DBTaskResult)  # what a task was for is seen where it matters: mails, imports, receipts
