from django.apps import AppConfig


class ImprovementsConfig(AppConfig):
    name = "amends.desk.improvements"
    label = "improvements"

    def ready(self) -> None:
        from amends.desk.complaints.erasure import also_erase
        from amends.desk.improvements.actions import erase_words

        also_erase(erase_words)
