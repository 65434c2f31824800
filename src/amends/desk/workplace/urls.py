from django.urls import path

from amends.desk.workplace import acts, ledger, live, relief, screens, time_limits

app_name = "workplace"
urlpatterns = [
    path("", screens.inbox, name="inbox"),
    path("list/", screens.rows, name="list"),
    path("counts/", screens.counts, name="counts"),
    path("palette/", screens.palette, name="palette"),
    path("live/", live.stream, name="live"),
    path("new/", acts.type_in, name="new"),
    path("people/hand-over/", relief.people, name="hand-over-people"),
    path("people/<int:pk>/hand-over/", relief.hand_over_all, name="hand-over-all"),
    path("files/<int:pk>/", screens.file, name="file"),
    path("<int:number>/", screens.complaint, name="complaint"),
    path("<int:number>/now/", screens.now, name="now"),
    path("<int:number>/sheet/<slug:name>/", screens.sheet, name="sheet"),
    path("<int:number>/reply/", acts.reply, name="reply"),
    path("<int:number>/note/", acts.note, name="note"),
    path("<int:number>/draft/", acts.draft, name="draft"),
    path("<int:number>/put-right/", acts.put_right, name="put-right"),
    path("<int:number>/bring-in/", acts.bring_in, name="bring-in"),
    path("<int:number>/hand-over/", acts.hand_over, name="hand-over"),
    path("<int:number>/call/", acts.call, name="call"),
    path("<int:number>/take-five/", acts.take_five, name="take-five"),
    path("<int:number>/third-party/", acts.third_party, name="third-party"),
    path("<int:number>/content/", acts.content, name="content"),
    path("<int:number>/close/", acts.close, name="close"),
    path("<int:number>/extend/<int:pk>/", time_limits.extend, name="extend"),
    path("<int:number>/resend/<int:pk>/", acts.resend, name="resend"),
    path("promise/<int:pk>/keep/", acts.keep, name="keep"),
    path("promise/<int:pk>/move/", acts.move, name="move"),
    path("promise/<int:pk>/withdraw/", ledger.withdraw, name="withdraw"),
    path("promise/<int:pk>/notice/", ledger.notice, name="notice"),
    path("<int:number>/promise/", ledger.by_hand, name="promise"),
    path("<int:number>/sorry/", ledger.sorry, name="sorry"),
]
