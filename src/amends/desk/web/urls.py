from django.urls import path

from amends.desk.web import installed, views

app_name = "web"
urlpatterns = [
    path("language/", views.choose_language, name="language"),
    path("desk/app.webmanifest", installed.manifest, name="manifest"),
    path("desk/worker.js", installed.worker, name="worker"),
    path("desk/no-line/", installed.offline, name="offline"),
]
