"""Pages of the measured site of django-helpdesk."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("", include("helpdesk.urls"))]
