from django.urls import path

from amends.desk.academy import views

app_name = "academy"
urlpatterns = [
    path("", views.home, name="home"),
    path("path/", views.choose_path, name="path"),
    path("drills/<slug:slug>/", views.drill, name="drill"),
    path("tries/<int:pk>/", views.attempt, name="attempt"),
    path("tries/<int:pk>/again/", views.again, name="again"),
]
