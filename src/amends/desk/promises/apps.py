from django.apps import AppConfig


class PromisesConfig(AppConfig):
    name = "amends.desk.promises"
    label = "promises"

    def ready(self) -> None:
        from amends.desk.complaints.erasure import also_erase
        from amends.desk.promises.actions import erase_words

        also_erase(erase_words)
