from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PromisesConfig(AppConfig):
    name = "amends.desk.promises"
    label = "promises"
    verbose_name = _("Promises")

    def ready(self) -> None:
        from amends.desk.complaints.erasure import also_erase
        from amends.desk.complaints.following import also_carry, also_follow
        from amends.desk.complaints.visible import also_let_in
        from amends.desk.promises.actions import erase_words, follow
        from amends.desk.promises.models import Promise

        also_erase(erase_words)
        also_follow(follow)
        also_carry(Promise.objects, told_as="promise")
        also_let_in(lambda: Promise.objects.filter(state="open"), to="owner")
