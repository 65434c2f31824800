from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "amends.desk.notices"
    label = "notices"
    verbose_name = _("Notices")

    def ready(self) -> None:
        from amends.desk.complaints.following import also_carry, also_follow
        from amends.desk.complaints.visible import also_let_in
        from amends.desk.notices.actions import follow, tell
        from amends.desk.notices.addressed import MENTIONED
        from amends.desk.notices.models import Notice

        also_follow(follow, of_many=tell)
        also_carry(Notice.objects)
        also_let_in(lambda: Notice.objects.filter(kind=MENTIONED), to="agent")
