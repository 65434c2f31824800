from django.urls import path

from amends.desk.improvements import lists_views, themes_views
from amends.desk.improvements import room_views as views

app_name = "improving"
urlpatterns = [
    path("", views.board, name="board"),
    path("new/", views.edit, name="new"),
    path("lists/", lists_views.lists, name="lists"),
    path("themes/", themes_views.themes, name="themes"),
    path("<int:pk>/", views.one, name="one"),
    path("<int:pk>/change/", views.edit, name="change"),
    path("<int:pk>/act/", views.act, name="act"),
    path("<int:pk>/behind/<str:figure>/", views.behind, name="behind"),
]
