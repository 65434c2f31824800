from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AcademyConfig(AppConfig):
    name = "amends.desk.academy"
    label = "academy"
    verbose_name = _("Training")

    def ready(self) -> None:
        from amends.desk.academy.erasing import forget_unchecked
        from amends.desk.complaints.erasure import also_erase

        also_erase(forget_unchecked)
