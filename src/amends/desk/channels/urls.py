from django.urls import path

from amends.desk.channels import views
from amends.desk.channels.mailboxes import views as mailboxes

app_name = "channels"
urlpatterns = [
    path("", views.arrivals, name="arrivals"),
    path("<int:pk>/raw/", views.raw, name="raw"),
    path("<int:pk>/retry/", views.retry, name="retry"),
    path("mailboxes/", mailboxes.mailboxes, name="mailboxes"),
    path("mailboxes/new/", mailboxes.mailbox, name="new-mailbox"),
    path("mailboxes/permission/", mailboxes.permission, name="mailbox-permission"),
    path("mailboxes/<int:pk>/", mailboxes.mailbox, name="mailbox"),
    path("mailboxes/<int:pk>/try/", mailboxes.try_mailbox, name="try-mailbox"),
    path("mailboxes/<int:pk>/use/", mailboxes.open_or_close, name="open-or-close-mailbox"),
    path("mailboxes/<int:pk>/permission/", mailboxes.ask_permission, name="ask-mailbox-permission"),
    path("letters/<int:pk>/resend/", views.resend, name="resend"),
]
