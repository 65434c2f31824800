"""Addresses of the desk."""

from django.contrib import admin
from django.urls import include, path

from amends.desk.channels.mailboxes import hooks
from amends.desk.promises.views import feed
from amends.desk.remedies.views import by_mail
from amends.desk.web.until_asked import UntilAsked

urlpatterns = [
    path("", include("amends.desk.portal.urls")),
    path("", include("amends.desk.people.urls")),
    path("", include("amends.desk.web.urls")),
    path("desk/", include("amends.desk.workplace.urls")),
    path("desk/coach/", include("amends.desk.coaching.urls")),
    path("promises/<str:secret>.ics", feed, name="promise-feed"),
    path("desk/time-limits/", include("amends.desk.clocks.urls")),
    path("desk/promises/", include("amends.desk.promises.urls")),
    path("desk/notices/", include("amends.desk.notices.urls")),
    path("desk/answers/", include("amends.desk.answers.urls")),
    path("desk/third-parties/", include("amends.desk.third_parties.urls")),
    path("desk/remedies/", include("amends.desk.remedies.urls")),
    path("room/<str:token>/", by_mail, name="room-by-mail"),
    path("desk/arrivals/", include("amends.desk.channels.urls")),
    path("hooks/mail/<int:pk>/<str:secret>/mime", hooks.mail, name="mail-hook"),
    path("hooks/mail/<int:pk>/<str:secret>/letters", hooks.fates, name="letters-hook"),
    path("desk/work/", include("amends.desk.jobs.urls")),
    path("desk/causes/", include("amends.desk.improvements.urls")),
    path("desk/improvements/", include("amends.desk.improvements.room_urls")),
    path("desk/insight/", include("amends.desk.insight.urls")),
    path("desk/training/", include("amends.desk.academy.urls")),
    path("desk/programs/", include("amends.desk.api.program_urls")),
    UntilAsked("api/", "amends.desk.api.urls", namespace="api"),
    path("administration/", admin.site.urls),
]
