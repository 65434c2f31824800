from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CalmConfig(AppConfig):
    name = "amends.desk.calm"
    label = "calm"
    verbose_name = _("Cool head")

    def ready(self) -> None:
        from amends.desk.calm.actions import erase_words
        from amends.desk.calm.models import Takeover
        from amends.desk.complaints.erasure import also_erase
        from amends.desk.complaints.visible import also_let_in

        also_erase(erase_words)
        also_let_in(lambda: Takeover.objects.filter(state="open"), to="asked")
