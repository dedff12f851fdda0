"""A provider of identities that is served for the tests: OpenID Connect with discovery, keys, codes and PKCE.

It signs in whomever the test says, and can be told to lie in one way at a time.
"""

from __future__ import annotations

import secrets
from base64 import b64decode
from dataclasses import dataclass, field
from time import time
from typing import Annotated, Any
from urllib.parse import unquote, urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from fastapi import FastAPI, Form, HTTPException, Request
from fastapi.responses import RedirectResponse
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "the-desk", "a secret of the provider"
Word = Annotated[str, Form()]


@dataclass
class Identities:
    """What the provider knows, and how it lies."""

    issuer: str
    back: str
    """The one address to which it sends people back."""
    name: str = "Bo Chen"
    """Who sits at the browser."""
    lies: dict[str, Any] = field(default_factory=dict)
    """Claims that stand in its tokens whatever is true; one that is None is left out."""
    signs_with: str = "own"
    """`own` key, or a `foreign` one that it does not publish."""
    ends: bool = True
    """Whether it says how sessions are ended (OpenID Connect RP-Initiated Logout 1.0)."""
    ended: list[dict[str, str]] = field(default_factory=list)
    """What it was asked when sessions were ended."""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    keys: dict[str, RSAKey] = field(
        default_factory=lambda: {name: RSAKey.generate_key(2048, {"kid": "one"}) for name in ("own", "foreign")}
    )

    def application(self) -> FastAPI:
        """Return it as an application."""
        app = FastAPI()
        app.get("/.well-known/openid-configuration")(self.says)
        app.get("/keys")(self.published)
        app.get("/authorize")(self.authorize)
        app.post("/token")(self.token)
        app.get("/end")(self.end)
        return app

    def says(self) -> dict[str, str]:
        """What it says of itself."""
        values = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        if self.ends:
            values["end_session_endpoint"] = "end"
        return {"issuer": self.issuer} | {key: f"{self.issuer}/{path}" for key, path in values.items()}

    def published(self) -> dict[str, Any]:
        """The keys that it publishes."""
        return dict(KeySet([self.keys["own"]]).as_dict(private=False))

    def authorize(self, request: Request) -> RedirectResponse:
        """Sign in who sits there, and send them back with a code."""
        asked = dict(request.query_params)
        wanted = {"response_type": "code", "client_id": CLIENT, "redirect_uri": self.back}
        if any(asked.get(key) != value for key, value in wanted.items()) or asked["code_challenge_method"] != "S256":
            raise HTTPException(400, "not the client that is registered")
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        answer = {"code": code, "state": asked["state"], "iss": self.issuer}
        return RedirectResponse(f"{self.back}?{urlencode(answer)}", status_code=302)

    def token(
        self, request: Request, grant_type: Word, code: Word, redirect_uri: Word, code_verifier: Word
    ) -> dict[str, Any]:
        """Give a signed token for a code, once, to the client that began it."""
        user, _, password = b64decode(request.headers["authorization"].partition(" ")[2]).decode().partition(":")
        asked = self.codes.pop(code, None)
        if (unquote(user), unquote(password)) != (CLIENT, SECRET) or asked is None:
            raise HTTPException(401)
        if (grant_type, redirect_uri) != ("authorization_code", self.back):
            raise HTTPException(400)
        if create_s256_code_challenge(code_verifier) != asked["code_challenge"]:
            raise HTTPException(400, "not the verifier of this code")
        now = int(time())
        claims = {"iss": self.issuer, "sub": "u-17", "aud": CLIENT, "iat": now, "exp": now + 300} | {
            "nonce": asked["nonce"],
            "name": self.name,
        }
        claims = {key: value for key, value in (claims | self.lies).items() if value is not None}
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.keys[self.signs_with])
        return {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "id_token": signed}

    def end(self, request: Request) -> RedirectResponse:
        """End the session of whom it signed in, and send the browser back to the one other address that it knows."""
        asked = dict(request.query_params)
        self.ended.append(asked)
        claims = jwt.decode(asked["id_token_hint"], self.keys["own"], algorithms=["RS256"]).claims
        left = self.back.replace("/enter/back", "/left")
        if (claims["aud"], asked["client_id"], asked["post_logout_redirect_uri"]) != (CLIENT, CLIENT, left):
            raise HTTPException(400, "not the client that is registered")
        return RedirectResponse(f"{left}?{urlencode({'state': asked['state']})}", status_code=302)
