from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "amends.desk.api"
    label = "api"
    verbose_name = _("Programs")

    def ready(self) -> None:
        from amends.desk.api.erasing import erase_answers
        from amends.desk.complaints.erasure import also_erase

        also_erase(erase_answers)
