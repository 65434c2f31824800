from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "amends.desk.channels"
    label = "channels"
