from django.apps import AppConfig


class RemediesConfig(AppConfig):
    name = "amends.desk.remedies"
    label = "remedies"
