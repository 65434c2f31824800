from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoachingConfig(AppConfig):
    name = "amends.desk.coaching"
    label = "coaching"
    verbose_name = _("Coach")

    def ready(self) -> None:
        from amends.desk.coaching.erasing import erase_reasons
        from amends.desk.complaints.erasure import also_erase

        also_erase(erase_reasons)
