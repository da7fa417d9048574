"""A small identity provider that speaks OpenID Connect, to be served on this machine by tests.

It signs everybody in at once as whoever `claims` says, and gives nothing to whoever lacks the
client's secret or the verifier of the code (RFC 7636).
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Iterable
from time import time as clock  # noqa: TID251 - a provider reads the clock
from typing import Any
from urllib.parse import parse_qsl, urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

Claims = dict[str, object]
Reply = tuple[str, dict[str, str], bytes]
Environ = dict[str, Any]


class IdentityProvider:
    """The provider of one address; `claims` are of the person who sits before the browser."""

    def __init__(self, issuer: str, client: str, secret: str) -> None:
        self.issuer, self.client, self.secret = issuer, client, secret
        self.claims: Claims = {}
        self.says: Claims = {}  # in place of what the token would say of itself
        self._codes: dict[str, dict[str, str]] = {}
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def __call__(self, environ: Environ, start: Callable[..., object]) -> Iterable[bytes]:
        """Answer a request."""
        pages = {
            "/.well-known/openid-configuration": self._about,
            "/authorise": self._authorise,
            "/token": self._token,
            "/person": self._person,
            "/keys": self._keys,
        }
        status, headers, body = pages[environ["PATH_INFO"]](environ)
        start(status, list(headers.items()))
        return [body]

    def _about(self, _: Environ) -> Reply:
        pages = {"authorization": "authorise", "token": "token", "userinfo": "person"}
        found: Claims = {f"{name}_endpoint": f"{self.issuer}/{at}" for name, at in pages.items()}
        methods = ["client_secret_post"]
        more = {"token_endpoint_auth_methods_supported": methods}
        return _json(found | more | {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys"})

    def _authorise(self, environ: Environ) -> Reply:
        asked = dict(parse_qsl(environ["QUERY_STRING"]))
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"]})
        return "302 Found", {"Location": f"{asked['redirect_uri']}?{back}"}, b""

    def _token(self, environ: Environ) -> Reply:
        sent = dict(parse_qsl(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode()))
        asked = self._codes.pop(sent["code"])
        proof = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        proved = base64.urlsafe_b64encode(proof).rstrip(b"=").decode() == asked["code_challenge"]
        known = secrets.compare_digest(sent["client_secret"], self.secret)
        if not (proved and known and sent["redirect_uri"] == asked["redirect_uri"]):
            return "400 Bad Request", {}, b'{"error": "invalid_grant"}'
        now = int(clock())
        said = {"iss": self.issuer, "aud": self.client, "iat": now, "exp": now + 60}
        token = jwt.encode(said | self.claims | self.says, self._key, "RS256", {"kid": "one"})
        return _json({"access_token": "opaque", "token_type": "Bearer", "id_token": token})

    def _person(self, _: Environ) -> Reply:
        return _json(self.claims)

    def _keys(self, _: Environ) -> Reply:
        key = jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return _json({"keys": [key | {"kid": "one", "alg": "RS256", "use": "sig"}]})


def _json(found: Claims) -> Reply:
    return "200 OK", {"Content-Type": "application/json"}, json.dumps(found).encode()
