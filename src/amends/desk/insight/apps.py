from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "amends.desk.insight"
    label = "insight"
