from django.urls import path

from amends.desk.coaching import jargon_views, views
from amends.desk.coaching.second import views as second

app_name = "coaching"
urlpatterns = [
    path("read/<int:number>/", views.read, name="read"),
    path("course/<int:number>/", views.course, name="course"),
    path("jargon/", jargon_views.listed, name="jargon"),
    path("second-reader/", second.second_reader, name="second-reader"),
    path("second-reader/try/", second.try_second_reader, name="try-second-reader"),
]
