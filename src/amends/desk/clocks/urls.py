from django.urls import path

from amends.desk.clocks import views

app_name = "clocks"
urlpatterns = [
    path("", views.limits, name="limits"),
    path("rules/", views.add_rule, name="add-rule"),
    path("rules/<int:pk>/remove/", views.remove_rule, name="remove-rule"),
    path("groups/", views.add_group, name="add-group"),
    path("laws/<str:code>/", views.law, name="law"),
    path("of/<int:number>/", views.pane, name="pane"),
    path("of/<int:number>/final-answer/", views.final_answer, name="final-answer"),
    path("of/<int:number>/start/", views.start, name="start"),
    path("of/<int:number>/group/", views.group, name="group"),
    path("<int:pk>/why/", views.why, name="why"),
]
