from django.apps import AppConfig


class WorkplaceConfig(AppConfig):
    name = "amends.desk.workplace"
    label = "workplace"
