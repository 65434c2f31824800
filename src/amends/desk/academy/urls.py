from django.urls import path

from amends.desk.academy import leading_views, own_views, views

app_name = "academy"
urlpatterns = [
    path("", views.home, name="home"),
    path("path/", views.choose_path, name="path"),
    path("drills/<slug:slug>/", views.drill, name="drill"),
    path("tries/<int:pk>/", views.attempt, name="attempt"),
    path("tries/<int:pk>/again/", views.again, name="again"),
    path("tries/<int:pk>/show/", leading_views.show, name="show"),
    path("shown/", leading_views.shown, name="shown"),
    path("shown/<int:pk>/", leading_views.opinion, name="opinion"),
    path("coverage/", leading_views.coverage, name="coverage"),
    path("effect/", leading_views.effect, name="effect"),
    path("free-words/", leading_views.free_words, name="free-words"),
    path("free-words/try/", leading_views.try_free_words, name="try-free-words"),
    path("certificate.pdf", leading_views.paper, name="certificate"),
    path("badge.svg", leading_views.badge, name="badge"),
    path("own/", own_views.library, name="own"),
    path("own/drills.json", own_views.download_all, name="own-download-all"),
    path("own/find/", own_views.find, name="own-find"),
    path("own/from/<int:event>/", own_views.make, name="own-make"),
    path("own/versions/<int:pk>/", own_views.version, name="own-version"),
    path("own/versions/<int:pk>/edit/", own_views.edit, name="own-edit"),
    path("own/versions/<int:pk>/drill.json", own_views.download, name="own-download"),
    path("own/<int:pk>/aside/", own_views.aside, name="own-aside"),
]
