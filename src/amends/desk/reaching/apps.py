from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReachingConfig(AppConfig):
    name = "amends.desk.reaching"
    label = "reaching"
    verbose_name = _("Reaching a person")

    def ready(self) -> None:
        from amends.desk.complaints.visible import also_let_in
        from amends.desk.reaching.models import Ring

        also_let_in(lambda: Ring.objects.filter(state__in=["waiting", "ringing"]), to="manager")
