from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "amends.desk.people"
    label = "people"
    verbose_name = _("People")

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from amends.desk.people.sessions import begin

        user_logged_in.connect(begin, dispatch_uid="people.begin-session")
