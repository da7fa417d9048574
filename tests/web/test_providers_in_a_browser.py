"""The way to a state's identity provider and back, under a policy that lets no form lead away."""

from allauth.account.models import EmailAddress

from browsing import Desk
from chromium import needed
from identity_provider import IdentityProvider
from signing_in import INDEX, LOGIN, code, officer

pytestmark = needed


def test_somebody_goes_to_the_provider_and_comes_back(
    desk: Desk, provider: IdentityProvider
) -> None:
    user = officer()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    provider.claims = {"sub": "s-1", "email": user.email, "email_verified": True}
    page = desk.go(f"{LOGIN}?next={INDEX}")
    page.get_by_role("button", name="Sign in with State ID").click()
    page.wait_for_url("**/factors/authenticate/")
    page.locator("input[name=code]").fill(code())
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{desk.address}{INDEX}")
    assert desk.signed_in()
    assert page.get_by_text(user.username).count()


def test_somebody_without_an_account_is_told_so(desk: Desk, provider: IdentityProvider) -> None:
    provider.claims = {"sub": "s-9", "email": "nobody@us.example", "email_verified": True}
    desk.go(LOGIN).get_by_role("button", name="Sign in with State ID").click()
    desk.page.get_by_role("heading", name="No account here").wait_for()
    assert not desk.signed_in()
