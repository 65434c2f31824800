from django.urls import path

from amends.desk.channels import views

app_name = "channels"
urlpatterns = [
    path("", views.arrivals, name="arrivals"),
    path("<int:pk>/raw/", views.raw, name="raw"),
    path("<int:pk>/retry/", views.retry, name="retry"),
    path("letters/<int:pk>/resend/", views.resend, name="resend"),
]
