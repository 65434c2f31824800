from django.urls import path

from amends.desk.insight import views

app_name = "insight"
urlpatterns = [
    path("", views.hurts, name="hurts"),
    path("behind/<str:figure>/", views.behind, name="behind"),
]
