from django.urls import path

from amends.desk.portal import chat, cool_head, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("complain/", views.complain, name="complain"),
    path("chat/", chat.window, name="chat"),
    path("chat/widget.js", chat.widget, name="chat-widget"),
    path("chat/standing/", chat.standing, name="chat-standing"),
    path("chat/begin/", chat.begin, name="chat-begin"),
    path("chat/leave/", chat.leave, name="chat-leave"),
    path("chat/<str:key>/said/", chat.said, name="chat-said"),
    path("chat/<str:key>/say/", chat.say, name="chat-say"),
    path("chat/<str:key>/add/", chat.add, name="chat-add"),
    path("chat/<str:key>/file/<int:pk>/", chat.file, name="chat-file"),
    path("chat/<str:key>/here/", chat.here, name="chat-here"),
    path("chat/<str:key>/mail/", chat.by_mail, name="chat-mail"),
    path("chat/<str:key>/call/", chat.call, name="chat-call"),
    path("chat/<str:key>/end/", chat.end, name="chat-end"),
    path("chat/<str:key>/events/", chat.events, name="chat-events"),
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
