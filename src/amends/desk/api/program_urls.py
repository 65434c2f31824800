"""The pages of programs: tokens, webhooks, and what acts for oneself."""

from django.urls import path

from amends.desk.api import views

app_name = "programs"

urlpatterns = [
    path("", views.all_tokens, name="tokens"),
    path("new/", views.make_token, name="make-token"),
    path("<int:pk>/end/", views.end_token, name="end-token"),
    path("mine/", views.mine, name="mine"),
    path("mine/<int:pk>/end/", views.end_mine, name="end-mine"),
    path("webhooks/", views.webhooks, name="webhooks"),
    path("webhooks/new/", views.set_up, name="set-up"),
    path("webhooks/<int:pk>/", views.change, name="change"),
    path("webhooks/<int:pk>/act/", views.act, name="act"),
    path("webhooks/again/<int:pk>/", views.send_again, name="send-again"),
]
