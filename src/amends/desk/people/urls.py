from django.urls import path

from amends.desk.people import factor_views, views

app_name = "people"
urlpatterns = [
    path("first-run/", views.first_run, name="first-run"),
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-in/example/<int:pk>/", views.sign_in_as_example, name="sign-in-as-example"),
    path("sign-in/code/", factor_views.second_step, name="second-step"),
    path("sign-in/with/", factor_views.go_there, name="go-there"),
    path("sign-in/back/", factor_views.came_back, name="came-back"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("forgotten/", views.forgotten, name="forgotten"),
    path("new-password/<uidb64>/<token>/", views.NewPassword.as_view(), name="new-password"),
    path("me/", views.reader, name="reader"),
    path("me/sessions/", views.signed_in, name="sessions"),
    path("me/second-factor/", factor_views.factor, name="factor"),
    path("me/second-factor/new/", factor_views.set_up, name="set-up-factor"),
    path("me/presence/", views.presence, name="presence"),
    path("me/password/", views.ChangePassword.as_view(), name="change-password"),
    path("people/", views.everybody, name="everybody"),
    path("people/new/", views.let_in, name="let-in"),
    path("people/<int:pk>/", views.person, name="person"),
    path("people/<int:pk>/out/", views.let_out, name="let-out"),
    path("people/<int:pk>/link/", views.password_link, name="password-link"),
    path("people/<int:pk>/second-factor/", factor_views.reset, name="reset-factor"),
    path("people/<int:pk>/sessions/", factor_views.end_sessions, name="end-sessions"),
    path("people/two-factors/", factor_views.demands, name="factor-demands"),
    path("people/roles/", views.roles, name="roles"),
    path("people/roles/<int:pk>/", views.roles, name="own-role"),
    path("people/limits/", views.limits, name="limits"),
    path("people/teams/new/", views.team, name="new-team"),
    path("people/teams/<int:pk>/", views.team, name="team"),
    path("people/calendars/new/", views.calendar, name="new-calendar"),
    path("people/calendars/<int:pk>/", views.calendar, name="calendar"),
    path("people/calendars/<int:pk>/holidays/", views.holidays, name="holidays"),
]
