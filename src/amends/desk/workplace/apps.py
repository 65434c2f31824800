from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkplaceConfig(AppConfig):
    name = "amends.desk.workplace"
    label = "workplace"
    verbose_name = _("Desk")

    def ready(self) -> None:
        from amends.desk.complaints.erasure import also_erase
        from amends.desk.workplace.later import erase

        also_erase(erase)
