from django.urls import path

from amends.desk.answers import views

app_name = "answers"
urlpatterns = [
    path("", views.page, name="page"),
    path("new/", views.write, name="new"),
    path("<int:pk>/", views.write, name="write"),
    path("<int:pk>/remove/", views.remove, name="remove"),
    path("for/<int:number>/", views.menu, name="menu"),
]
