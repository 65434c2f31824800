"""Background work has a page of its own, in the reader's words; Django's administration does not show it again."""

from django.contrib import admin
from django_tasks_db.models import DBTaskResult

admin.site.unregister(DBTaskResult)
