from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ComplaintsConfig(AppConfig):
    name = "amends.desk.complaints"
    label = "complaints"
    verbose_name = _("Complaints")

    def ready(self) -> None:
        from amends.desk.complaints import fields, links, pins, tags
        from amends.desk.complaints.erasure import also_erase
        from amends.desk.complaints.following import also_carry, also_follow
        from amends.desk.complaints.models import Draft, Pin
        from amends.desk.complaints.tasks import erase_from_index

        also_follow(tags.follow)
        also_follow(links.follow)
        also_follow(fields.follow)
        also_carry(Draft.objects)
        also_carry(Pin.objects)
        also_erase(pins.erase)
        also_erase(erase_from_index)
