from django.apps import AppConfig


class CoachingConfig(AppConfig):
    name = "amends.desk.coaching"
    label = "coaching"
