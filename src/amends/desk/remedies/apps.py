from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RemediesConfig(AppConfig):
    name = "amends.desk.remedies"
    label = "remedies"
    verbose_name = _("Remedies")

    def ready(self) -> None:
        from amends.desk.complaints.erasure import also_erase
        from amends.desk.complaints.following import also_carry, also_follow
        from amends.desk.complaints.visible import also_let_in
        from amends.desk.remedies.actions import erase_words
        from amends.desk.remedies.fault import follow
        from amends.desk.remedies.models import Fault, Remedy, Request

        also_erase(erase_words)
        also_follow(follow)
        also_carry(Remedy.objects, told_as="remedy")
        also_carry(Request.objects, told_as="request")
        also_carry(Fault.objects)
        also_let_in(lambda: Request.objects.filter(state="waiting"), to="asked")
