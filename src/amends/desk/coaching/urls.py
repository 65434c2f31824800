from django.urls import path

from amends.desk.coaching import views
from amends.desk.coaching.second import views as second

app_name = "coaching"
urlpatterns = [
    path("read/<int:number>/", views.read, name="read"),
    path("course/<int:number>/", views.course, name="course"),
    path("second-reader/", second.second_reader, name="second-reader"),
    path("second-reader/try/", second.try_second_reader, name="try-second-reader"),
]
