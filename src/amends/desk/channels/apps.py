from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChannelsConfig(AppConfig):
    name = "amends.desk.channels"
    label = "channels"
    verbose_name = _("Post")

    def ready(self) -> None:
        from amends.desk.channels.erasing import erase_raw
        from amends.desk.channels.handing_out import as_it_came
        from amends.desk.complaints.erasure import also_erase
        from amends.desk.complaints.handing_out import also_hand_out

        also_erase(erase_raw)
        also_hand_out(as_it_came)
