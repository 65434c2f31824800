from django.urls import path

from amends.desk.coaching import views

app_name = "coaching"
urlpatterns = [
    path("read/<int:number>/", views.read, name="read"),
    path("course/<int:number>/", views.course, name="course"),
]
