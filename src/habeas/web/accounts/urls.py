"""Where somebody signs in and sees to their own account. What allauth has beside is not routed."""

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as openid
from django.urls import URLPattern, path

from habeas.web.accounts import token_views, views
from habeas.web.accounts.factors import RemoveKeyView, sign_out_elsewhere, to_provider
from habeas.web.accounts.switching import switch

urlpatterns: list[URLPattern] = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/", account.password_change, name="account_change_password"),
    path("elsewhere/", sign_out_elsewhere, name="accounts_elsewhere"),
    path("tokens/", token_views.own, name="accounts_tokens"),
    path("tokens/<int:number>/revoke/", token_views.revoke, name="accounts_revoke"),
    path("switch/", switch, name="demo_switch"),
    path("factors/", factors.index, name="mfa_index"),
    path("factors/authenticate/", factors.authenticate, name="mfa_authenticate"),
    path("factors/reauthenticate/", factors.reauthenticate, name="mfa_reauthenticate"),
    path("factors/app/add/", totp.activate_totp, name="mfa_activate_totp"),
    path("factors/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("factors/codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "factors/codes/new/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"
    ),
    path("factors/keys/", keys.list_webauthn, name="mfa_list_webauthn"),
    path("factors/keys/add/", keys.add_webauthn, name="mfa_add_webauthn"),
    path("factors/keys/login/", keys.login_webauthn, name="mfa_login_webauthn"),
    path(
        "factors/keys/reauthenticate/",
        keys.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
    path("factors/keys/<int:pk>/edit/", keys.edit_webauthn, name="mfa_edit_webauthn"),
    path("factors/keys/<int:pk>/remove/", RemoveKeyView.as_view(), name="mfa_remove_webauthn"),
]
managing_urlpatterns: list[URLPattern] = [
    path("", views.users, name="accounts_users"),
    path("add/", views.add, name="accounts_add"),
    path("changes/", views.changes, name="accounts_changes"),
    path("tokens/", token_views.everybody, name="accounts_all_tokens"),
    path("<int:number>/", views.change, name="accounts_user"),
    path("<int:number>/deactivate/", views.deactivate, name="accounts_deactivate"),
    path("<int:number>/reactivate/", views.reactivate, name="accounts_reactivate"),
    path("<int:number>/reset/", views.reset, name="accounts_reset"),
]
# Registered with identity providers, so without a language.
provider_urlpatterns: list[URLPattern] = [
    path("cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("error/", social.login_error, name="socialaccount_login_error"),
    path("<str:provider_id>/login/", to_provider, name="openid_connect_login"),
    path("<str:provider_id>/login/callback/", openid.callback, name="openid_connect_callback"),
]
