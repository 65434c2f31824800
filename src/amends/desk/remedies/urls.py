from django.urls import path

from amends.desk.remedies import views

app_name = "remedies"
urlpatterns = [
    path("", views.to_do, name="to-do"),
    path("<int:pk>/done/", views.finish, name="finish"),
    path("requests/", views.requests, name="requests"),
    path("requests/<int:pk>/answer/", views.answer, name="answer"),
    path("rules/", views.all_rules, name="rules"),
    path("rules/new/", views.edit_rule, name="new-rule"),
    path("rules/<int:pk>/", views.one_rule, name="rule"),
    path("rules/<int:pk>/edit/", views.edit_rule, name="edit-rule"),
    path("rules/<int:pk>/settle/", views.settle_rule, name="settle-rule"),
    path("goodwill/", views.goodwill, name="goodwill"),
    path("hooks/", views.all_hooks, name="hooks"),
    path("hooks/<int:pk>/switch/", views.switch_hook, name="switch-hook"),
    path("hooks/again/<int:pk>/", views.send_again, name="send-again"),
]
