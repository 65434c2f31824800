from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "amends.desk.customers"
    label = "customers"
