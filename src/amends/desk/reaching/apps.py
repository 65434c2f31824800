from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReachingConfig(AppConfig):
    name = "amends.desk.reaching"
    label = "reaching"
    verbose_name = _("Reaching a person")
