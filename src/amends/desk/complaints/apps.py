from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    name = "amends.desk.complaints"
    label = "complaints"
