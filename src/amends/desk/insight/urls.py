from django.urls import path

from amends.desk.insight import (
    alarm_views,
    causes_views,
    files_views,
    lost_views,
    money_views,
    over_views,
    own_views,
    report_views,
    satisfaction_views,
    times_views,
    views,
    word_views,
)

app_name = "insight"
urlpatterns = [
    path("", views.hurts, name="hurts"),
    path("causes/", causes_views.causes, name="causes"),
    path("times/", times_views.times, name="times"),
    path("over-time/", over_views.over_time, name="over-time"),
    path("word/", word_views.word, name="word"),
    path("satisfaction/", satisfaction_views.page, name="satisfaction"),
    path("lost/", lost_views.page, name="lost"),
    path("money/", money_views.money, name="money"),
    path("money/own/", own_views.figures_of_ours, name="own"),
    path("report.pdf", report_views.paper, name="report"),
    path("reports/", report_views.reports, name="reports"),
    path("reports/<int:pk>/", report_views.act, name="saved-report"),
    path("reports/papers/<int:pk>.pdf", report_views.run, name="report-paper"),
    path("alarms/", alarm_views.every, name="alarms"),
    path("alarms/<int:pk>/", alarm_views.one, name="alarm"),
    path("tables/<slug:name>.<slug:kind>", files_views.take, name="table"),
    path("behind/<str:figure>/", views.behind, name="behind"),
]
