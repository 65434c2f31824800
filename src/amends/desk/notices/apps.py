from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "amends.desk.notices"
    label = "notices"
    verbose_name = _("Notices")

    def ready(self) -> None:
        from amends.desk.complaints.following import also_carry, also_follow
        from amends.desk.notices.actions import follow, tell
        from amends.desk.notices.models import Notice

        also_follow(follow, of_many=tell)
        also_carry(Notice.objects)
