from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CalmConfig(AppConfig):
    name = "amends.desk.calm"
    label = "calm"
    verbose_name = _("Cool head")

    def ready(self) -> None:
        from amends.desk.calm.actions import erase_words
        from amends.desk.complaints.erasure import also_erase

        also_erase(erase_words)
