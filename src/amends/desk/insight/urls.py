from django.urls import path

from amends.desk.insight import alarm_views, causes_views, files_views, money_views, times_views, views, word_views

app_name = "insight"
urlpatterns = [
    path("", views.hurts, name="hurts"),
    path("causes/", causes_views.causes, name="causes"),
    path("times/", times_views.times, name="times"),
    path("word/", word_views.word, name="word"),
    path("money/", money_views.money, name="money"),
    path("alarms/", alarm_views.every, name="alarms"),
    path("alarms/<int:pk>/", alarm_views.one, name="alarm"),
    path("tables/<slug:name>.<slug:kind>", files_views.take, name="table"),
    path("behind/<str:figure>/", views.behind, name="behind"),
]
