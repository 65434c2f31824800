from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImprovementsConfig(AppConfig):
    name = "amends.desk.improvements"
    label = "improvements"
    verbose_name = _("Causes")

    def ready(self) -> None:
        from amends.desk.complaints.erasure import also_erase
        from amends.desk.complaints.handing_out import also_hand_out
        from amends.desk.improvements.actions import erase_words, spare
        from amends.desk.improvements.handing_out import causes
        from amends.desk.remedies.rules import also_when_blamed

        also_erase(erase_words)
        also_hand_out(causes)
        also_when_blamed(spare, name="causes")
