from django.apps import AppConfig


class ExampleConfig(AppConfig):
    name = "amends.desk.example"
    label = "example"
