from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkplaceConfig(AppConfig):
    name = "amends.desk.workplace"
    label = "workplace"
    verbose_name = _("Desk")

    def ready(self) -> None:
        from amends.desk.complaints.erasure import also_erase
        from amends.desk.complaints.following import also_carry
        from amends.desk.complaints.handing_out import also_hand_out
        from amends.desk.workplace import enclosed
        from amends.desk.workplace.handing_out import not_sent
        from amends.desk.workplace.later import erase
        from amends.desk.workplace.models import DraftFile, LaterReply

        also_erase(erase)
        also_erase(enclosed.erase)
        also_hand_out(not_sent)
        also_carry(LaterReply.objects)
        also_carry(DraftFile.objects)
