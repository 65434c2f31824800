from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChannelsConfig(AppConfig):
    name = "amends.desk.channels"
    label = "channels"
    verbose_name = _("Post")

    def ready(self) -> None:
        from amends.desk.channels.erasing import erase_raw
        from amends.desk.complaints.erasure import also_erase

        also_erase(erase_raw)
