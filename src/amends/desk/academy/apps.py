from django.apps import AppConfig


class AcademyConfig(AppConfig):
    name = "amends.desk.academy"
    label = "academy"

    def ready(self) -> None:
        from amends.desk.academy.erasing import forget_unchecked
        from amends.desk.complaints.erasure import also_erase

        also_erase(forget_unchecked)
