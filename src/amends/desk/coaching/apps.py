from django.apps import AppConfig


class CoachingConfig(AppConfig):
    name = "amends.desk.coaching"
    label = "coaching"

    def ready(self) -> None:
        from amends.desk.coaching.erasing import erase_reasons
        from amends.desk.complaints.erasure import also_erase

        also_erase(erase_reasons)
