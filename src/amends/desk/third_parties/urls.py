from django.urls import path

from amends.desk.third_parties import views

app_name = "third_parties"
urlpatterns = [path("", views.page, name="page")]
