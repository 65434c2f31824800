"""Saved answers: the page on which they are written, and the menu of the composer."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from amends.desk.answers import actions, queries
from amends.desk.answers.filling import BLANKS
from amends.desk.answers.forms import Blocks, Write
from amends.desk.answers.models import Kind
from amends.desk.complaints.models import Complaint


@login_required
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "answers/page.html", {"rows": queries.all_for(agent=request.user)})


@login_required
@never_cache
def write(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Write an answer, or change one."""
    answer = queries.one(pk=pk, agent=request.user) if pk is not None else None
    if pk is not None and (answer is None or not actions.may_change(answer=answer, agent=request.user)):
        raise Http404
    begun = {} if answer is None else {"name": answer.name, "is_shared": answer.is_shared}
    blocks = Blocks.of(queries.blocks_of(answer=answer) if answer is not None else [])
    if request.method == "POST":
        blocks = Blocks.sent(request.POST)
    form = Write(request.POST or None, initial=begun)
    moving = request.POST.get("do", "")
    if moving:  # blocks are put in order on the page; nothing is kept yet
        blocks = blocks.moved(moving)
        form = Write(initial={"name": request.POST.get("name", ""), "is_shared": "is_shared" in request.POST})
    elif form.is_valid():
        try:
            actions.save(
                answer=answer,
                by=request.user,
                name=form.cleaned_data["name"],
                is_shared=form.cleaned_data["is_shared"],
                blocks=blocks.blocks,
                now=timezone.now(),
            )
        except actions.UnableToSave as trouble:
            form.add_error(None, str(trouble))
        else:
            messages.success(request, _("Saved."))
            return redirect("answers:page")
    context = {
        "form": form,
        "answer": answer,
        "blanks": BLANKS,
        "blocks": blocks,
        "kinds": Kind.choices,
        "may_share": actions.may_share(agent=request.user),
    }
    return render(request, "answers/write.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    answer = queries.one(pk=pk, agent=request.user)
    if answer is None:
        raise Http404
    try:
        actions.remove(answer=answer, by=request.user)
    except actions.UnableToSave as trouble:
        messages.error(request, str(trouble))
    return redirect("answers:page")


@login_required
@never_cache
def menu(request: HttpRequest, number: int) -> HttpResponse:
    """The sheet of the composer: what is chosen goes into the reply, where the coach reads it like any words."""
    complaint = get_object_or_404(Complaint.objects.select_related("customer", "owner__team__calendar"), number=number)
    words = request.GET.get("q", "")[:80]
    found = queries.ready(complaint=complaint, agent=request.user, words=words, now=timezone.now())
    name = "answers/found.html" if "q" in request.GET else "answers/menu.html"
    return render(request, name, {"complaint": complaint, "found": found, "words": words})
