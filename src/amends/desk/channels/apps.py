from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "amends.desk.channels"
    label = "channels"

    def ready(self) -> None:
        from amends.desk.channels.erasing import erase_raw
        from amends.desk.complaints.erasure import also_erase

        also_erase(erase_raw)
