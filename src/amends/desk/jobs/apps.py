from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "amends.desk.jobs"
    label = "jobs"
