"""The pages of administrators: who has an account, in which office, and what was done to it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import cast

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from habeas.terms import Deed
from habeas.web.accounts import administer, listed
from habeas.web.accounts.forms import AddForm, WorkForm
from habeas.web.accounts.models import Change, User
from habeas.web.accounts.step_up import stepped_up
from habeas.web.asked import AskedRequest

PAGE = 50
View = Callable[..., HttpResponseBase]


def managed(view: View) -> View:
    """Let a view run only for whoever manages accounts here; for others there is no such page."""

    @wraps(view)
    def guarded(request: AskedRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not administer.may_manage(request.asker, request.installation, Deed.MANAGE_USERS):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_GET
@managed
def users(request: AskedRequest) -> HttpResponse:
    """Everybody with an account."""
    found = User.objects.order_by("-is_active", "authority", "office", "username")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = {"table": listed.users(page), "pages": listed.pages(page)}
    return render(request, "accounts/users.html", shown)


@require_http_methods(["GET", "POST"])
@managed
@stepped_up
def add(request: HttpRequest) -> HttpResponse:
    """Make an account."""
    form = AddForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = form.save(commit=False)
        password = administer.add(user, form.work(), *_now(request))
        return _first(request, user, password)
    return render(request, "accounts/add.html", {"form": form})


@require_http_methods(["GET", "POST"])
@managed
@stepped_up
def change(request: HttpRequest, number: int) -> HttpResponse:
    """One account: its authority, office and key, and what was done to it."""
    user = get_object_or_404(User, pk=number)
    stated = {"authority": user.authority, "office": user.office, "key": user.key}
    form = WorkForm(request.POST or None, initial=stated)
    if request.method == "POST" and form.is_valid():
        administer.change_work(user, form.work(), *_now(request))
        return HttpResponseRedirect(reverse("accounts_user", args=[number]))
    done = Change.objects.filter(user=user).select_related("by")[:PAGE]
    own = user.pk == request.user.pk
    shown = {"one": user, "form": form, "table": listed.done(done), "own": own}
    return render(request, "accounts/user.html", shown)


@require_POST
@managed
@stepped_up
def deactivate(request: HttpRequest, number: int) -> HttpResponse:
    """Let somebody in no longer."""
    administer.deactivate(get_object_or_404(User, pk=number), *_now(request))
    return HttpResponseRedirect(reverse("accounts_user", args=[number]))


@require_POST
@managed
@stepped_up
def reactivate(request: HttpRequest, number: int) -> HttpResponse:
    """Let somebody in again."""
    administer.reactivate(get_object_or_404(User, pk=number), *_now(request))
    return HttpResponseRedirect(reverse("accounts_user", args=[number]))


@require_POST
@managed
@stepped_up
def reset(request: HttpRequest, number: int) -> HttpResponse:
    """Take somebody's second factors away, and give them a first password."""
    user = get_object_or_404(User, pk=number)
    return _first(request, user, administer.reset_factors(user, *_now(request)))


@require_GET
@managed
def changes(request: AskedRequest) -> HttpResponse:
    """What was done to accounts, and who signed in, latest first."""
    found = Change.objects.select_related("by", "user")
    kind = request.GET.get("kind", "")
    if kind in Change.Kind.values:
        found = found.filter(kind=kind)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = {
        "table": listed.done(page),
        "pages": listed.pages(page, kind=kind),
        "kinds": Change.Kind.choices,
        "kind": kind,
    }
    return render(request, "accounts/changes.html", shown)


def _now(request: HttpRequest) -> tuple[User, datetime]:
    """Who acts, and when."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user, cast(AskedRequest, request).now


def _first(request: HttpRequest, user: User, password: str) -> HttpResponse:
    """The only page that ever shows a first password."""
    hours = administer.FIRST_PASSWORD // timedelta(hours=1)
    shown = {"one": user, "password": password, "hours": hours}
    return render(request, "accounts/first_password.html", shown)
