from django.urls import path

from amends.desk.improvements import views

app_name = "improvements"
urlpatterns = [
    path("<int:number>/", views.cause, name="cause"),
    path("<int:number>/about/", views.about, name="about"),
]
