from django.apps import AppConfig


class ImprovementsConfig(AppConfig):
    name = "amends.desk.improvements"
    label = "improvements"
