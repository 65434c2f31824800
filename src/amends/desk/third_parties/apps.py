from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ThirdPartiesConfig(AppConfig):
    name = "amends.desk.third_parties"
    label = "third_parties"
    verbose_name = _("Third parties")

    def ready(self) -> None:
        from amends.desk.complaints.erasure import also_erase
        from amends.desk.complaints.following import also_follow
        from amends.desk.third_parties.actions import erase_names, keep_up

        also_erase(erase_names)
        also_follow(keep_up)
