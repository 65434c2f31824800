from django.urls import path

from amends.desk.notices import views

app_name = "notices"
urlpatterns = [path("", views.told, name="told"), path("wish/", views.wish, name="wish")]
