from django.urls import path

from amends.desk.portal import cool_head, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("complain/", views.complain, name="complain"),
    path("c/", views.lost, name="lost"),
    path("c/<str:key>/", views.follow, name="follow"),
    path("c/<str:key>/write/", views.write, name="write"),
    path("c/<str:key>/ask/<str:what>/", views.ask, name="ask"),
    path("c/<str:key>/ask-for/<int:pk>/", cool_head.ask_again, name="ask-again"),
    path("c/<str:key>/call/", cool_head.book, name="book"),
    path("c/<str:key>/content/", views.content, name="content"),
    path("c/<str:key>/not-content/", views.not_content, name="not-content"),
    path("c/<str:key>/rate/", views.rate, name="rate"),
    path("c/<str:key>/files/<int:pk>/", views.file, name="file"),
]
