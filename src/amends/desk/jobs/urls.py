from django.urls import path

from amends.desk.jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.work, name="work"),
    path("<uuid:task_id>/retry/", views.retry, name="retry"),
    path("periods/<str:name>/run/", views.run_soon, name="run-soon"),
]
