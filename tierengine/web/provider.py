"""Signing in with an office's own provider of identities: OpenID Connect, the code flow with PKCE.

What the browser must bring back is kept in a signed cookie of a few minutes: the state, the nonce and the verifier of
the code. The provider's answer counts only together with it, so that nobody is signed in by somebody else's link.

What signs in is loaded when it is first needed: a desk without a provider opens sooner without it.

Who signs out is sent to the provider once more, where it says how a session is ended there too.

Sources: OpenID Connect Core 1.0, section 3.1; OpenID Connect Discovery 1.0; OpenID Connect RP-Initiated Logout 1.0,
sections 2 and 3; RFC 7636 (PKCE); RFC 9207 (issuer).
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from time import time
from typing import Any
from urllib.parse import urlencode, urlsplit

from tierengine.errors import Problem, UsageError

_PATIENCE = 10.0
"""Seconds that the provider may take to answer."""
_LEEWAY = 60
"""Seconds by which its clock may be off."""
_SIGNED_WITH = ("RS256", "PS256", "ES256", "Ed25519", "EdDSA")
"""The algorithms of signatures that are believed; none that a key shared with the provider would do for."""


class ProviderError(Exception):
    """The provider did not sign somebody in; what it says is for the person."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """Where the browser is sent, and what it must bring back."""

    address: str
    kept: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whom the provider vouches for: their name, and its token, by which it knows what to end when they sign out."""

    name: str
    token: str


class Provider:
    """A provider by its issuer, at which this desk is registered as a client."""

    def __init__(self, issuer: str, client: str, secret: str, *, claim: str, desk: str) -> None:
        self._issuer = issuer
        self._client = client
        self._secret = secret
        self._claim = claim
        """The claim that holds the name under which a person is enrolled."""
        self._back = f"{desk}/enter/back"
        """The address at the desk to which the provider sends the browser back."""
        self._left = f"{desk}/left"
        """The address to which it sends the browser of who signed out."""
        self._lock = Lock()
        self._configuration: dict[str, Any] | None = None

    def leave(self) -> Leaving:
        """Begin to sign somebody in. Raise `ProviderError` if the provider cannot be asked."""
        from authlib.oauth2.rfc7636 import create_s256_code_challenge  # noqa: PLC0415

        kept = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
        asked = {
            "response_type": "code",
            "scope": "openid profile",
            "client_id": self._client,
            "redirect_uri": self._back,
            "state": kept["state"],
            "nonce": kept["nonce"],
            "code_challenge": create_s256_code_challenge(kept["verifier"]),
            "code_challenge_method": "S256",
        }
        return Leaving(_with(str(self._says()["authorization_endpoint"]), asked), kept)

    def sign_out(self, token: str, state: str) -> str | None:
        """Return where a session is ended at the provider; nothing if it does not say how, or not safely.

        `token` is the one with which somebody was signed in, empty where it is not known; the provider brings `state`
        back. Raise `ProviderError` if it cannot be asked.
        """
        at = str(self._says().get("end_session_endpoint", ""))
        if not _safe(at):
            return None
        asked = {"client_id": self._client, "post_logout_redirect_uri": self._left, "state": state}
        return _with(at, asked | ({"id_token_hint": token} if token else {}))

    def signed_in(self, answer: Mapping[str, str], kept: Mapping[str, str]) -> SignedIn:
        """Return who was signed in, from the provider's answer and what the browser brought back.

        Raise `ProviderError` if they do not belong together, or the provider refused or cannot be asked.
        """
        state = kept.get("state", "")
        if not state or not hmac.compare_digest(answer.get("state", "").encode(), state.encode()):
            raise ProviderError("This was not begun in this browser, or it took too long. Come in anew.")
        if answer.get("iss", self._issuer) != self._issuer:
            raise ProviderError("The answer is not of the provider that was asked.")
        if "code" not in answer:
            raise ProviderError("The provider did not sign you in.")
        given = self._exchanged(answer["code"], kept["verifier"])
        claims = self._claims(given, kept["nonce"])
        name = claims.get(self._claim)
        if not isinstance(name, str) or not name.strip():
            raise ProviderError(f"The provider does not say who you are: its token lacks `{self._claim}`.")
        return SignedIn(name.strip(), str(given["id_token"]))

    def _exchanged(self, code: str, verifier: str) -> dict[str, Any]:
        """What the provider gives for a code."""
        sent = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._back,
            "code_verifier": verifier,
        }
        return self._asked("POST", str(self._says()["token_endpoint"]), data=sent, auth=(self._client, self._secret))

    def _claims(self, given: dict[str, Any], nonce: str) -> dict[str, Any]:
        """What the signed token says, once all that makes it hold was checked."""
        from authlib.oidc.core import CodeIDToken  # noqa: PLC0415
        from joserfc import jwt  # noqa: PLC0415
        from joserfc.errors import JoseError  # noqa: PLC0415
        from joserfc.jwk import KeySet  # noqa: PLC0415

        token = given.get("id_token")
        try:
            # Keys are fetched for each sign-in: it is rare, and a key that was changed or withdrawn counts at once.
            keys = KeySet.import_key_set(self._asked("GET", str(self._says()["jwks_uri"])))  # type: ignore[arg-type]
            read = jwt.decode(str(token), keys, algorithms=list(_SIGNED_WITH))
            wanted = {
                "iss": {"essential": True, "value": self._issuer},
                "aud": {"essential": True, "value": self._client},
            }
            params = {"nonce": nonce, "client_id": self._client, "access_token": given.get("access_token")}
            claims = CodeIDToken(read.claims, read.header, wanted, params)
            claims.validate(now=int(time()), leeway=_LEEWAY)
        except (JoseError, ValueError) as error:
            raise ProviderError(f"What the provider says of you does not hold ({type(error).__name__}).") from None
        return dict(read.claims)

    def _says(self) -> dict[str, Any]:
        """What the provider says of itself; asked for once."""
        with self._lock:
            if self._configuration is None:
                values = self._asked("GET", f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
                wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
                if values.get("issuer") != self._issuer or not all(_safe(str(values.get(each))) for each in wanted):
                    raise ProviderError("What the provider says of itself is not of this issuer, or is not safe.")
                self._configuration = values
            return self._configuration

    def _asked(self, method: str, address: str, **sent: Any) -> dict[str, Any]:
        import httpx  # noqa: PLC0415

        try:
            answer = httpx.request(method, address, timeout=_PATIENCE, follow_redirects=False, **sent)
            values = answer.raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise ProviderError(f"The provider cannot be asked now ({type(error).__name__}).") from None
        if not isinstance(values, dict):
            raise ProviderError("The provider answers otherwise than OpenID Connect says.")
        return values


def issuer_of(address: str) -> str:
    """Return an issuer. Raise `UsageError` if it is no address that is safe to ask."""
    if not _safe(address):
        cure = "write it as the provider does: https://id.example.gov"
        raise UsageError([Problem(where="--oidc", what=f"`{address}` is no address of a provider by HTTPS", cure=cure)])
    return address


def _with(address: str, asked: Mapping[str, str]) -> str:
    """An address with what is asked there."""
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(asked)}"


def _safe(address: str) -> bool:
    """Whether nobody on the way reads what is asked there: by HTTPS, or on this machine."""
    try:
        found = urlsplit(address)
        return bool(found.hostname) and (
            found.scheme == "https" or (found.scheme == "http" and found.hostname in ("127.0.0.1", "localhost"))
        )
    except ValueError:
        return False
