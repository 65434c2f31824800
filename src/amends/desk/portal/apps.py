from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "amends.desk.portal"
    label = "portal"
    verbose_name = _("Customers' page")
