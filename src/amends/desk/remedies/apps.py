from django.apps import AppConfig


class RemediesConfig(AppConfig):
    name = "amends.desk.remedies"
    label = "remedies"

    def ready(self) -> None:
        from amends.desk.complaints.erasure import also_erase
        from amends.desk.remedies.actions import erase_words

        also_erase(erase_words)
