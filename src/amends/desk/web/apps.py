from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "amends.desk.web"
    label = "web"
