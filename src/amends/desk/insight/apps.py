from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InsightConfig(AppConfig):
    name = "amends.desk.insight"
    label = "insight"
    verbose_name = _("Insight")

    def ready(self) -> None:
        """Have the database note what is touched, and improvements counted from what is kept."""
        from amends.desk.insight import cures, touching

        touching.connect()
        cures.connect()
