from django.apps import AppConfig


class ClocksConfig(AppConfig):
    name = "amends.desk.clocks"
    label = "clocks"

    def ready(self) -> None:
        from amends.desk.clocks.actions import keep_all_up, keep_up
        from amends.desk.clocks.counting import reading_once
        from amends.desk.clocks.models import Clock, GroupMember
        from amends.desk.complaints.following import also_carry, also_follow, also_prepare
        from amends.desk.complaints.one_person import also_goes_along

        also_follow(keep_up, of_many=keep_all_up)
        also_carry(Clock.objects)
        also_prepare(reading_once)
        also_goes_along(GroupMember.objects)
