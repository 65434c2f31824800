from django.urls import path

from amends.desk.people import views

app_name = "people"
urlpatterns = [
    path("first-run/", views.first_run, name="first-run"),
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-in/example/<int:pk>/", views.sign_in_as_example, name="sign-in-as-example"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("forgotten/", views.forgotten, name="forgotten"),
    path("new-password/<uidb64>/<token>/", views.NewPassword.as_view(), name="new-password"),
    path("me/", views.reader, name="reader"),
    path("me/sessions/", views.signed_in, name="sessions"),
    path("me/presence/", views.presence, name="presence"),
    path("me/password/", views.ChangePassword.as_view(), name="change-password"),
    path("people/", views.everybody, name="everybody"),
    path("people/new/", views.let_in, name="let-in"),
    path("people/<int:pk>/", views.person, name="person"),
    path("people/<int:pk>/out/", views.let_out, name="let-out"),
    path("people/<int:pk>/link/", views.password_link, name="password-link"),
    path("people/limits/", views.limits, name="limits"),
    path("people/teams/new/", views.team, name="new-team"),
    path("people/teams/<int:pk>/", views.team, name="team"),
    path("people/calendars/new/", views.calendar, name="new-calendar"),
    path("people/calendars/<int:pk>/", views.calendar, name="calendar"),
    path("people/calendars/<int:pk>/holidays/", views.holidays, name="holidays"),
]
