from django.apps import AppConfig


class PromisesConfig(AppConfig):
    name = "amends.desk.promises"
    label = "promises"
