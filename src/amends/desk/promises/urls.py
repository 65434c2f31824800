from django.urls import path

from amends.desk.promises import views

app_name = "promises"
urlpatterns = [
    path("", views.board, name="board"),
    path("feeds/", views.share, name="feeds"),
    path("feeds/<int:pk>/revoke/", views.revoke, name="revoke"),
]
