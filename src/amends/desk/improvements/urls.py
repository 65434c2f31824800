from django.contrib.auth.decorators import login_required
from django.urls import path
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

from amends.desk.improvements import views

app_name = "improvements"
urlpatterns = [
    path("", login_required(require_safe(RedirectView.as_view(pattern_name="insight:causes"))), name="causes"),
    path("<int:number>/", views.cause, name="cause"),
    path("<int:number>/about/", views.about, name="about"),
]
