"""The verb that serves the desk for an office."""

from __future__ import annotations

import os
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

import typer

from tierengine.cli.app import app
from tierengine.cli.options import (
    CensusCases,
    DossiersFolder,
    KeysFolder,
    RulebookFolder,
    cache_folder,
    folder_of,
    keys_folder,
)
from tierengine.errors import Problem, UsageError
from tierengine.web.announced import Announced
from tierengine.web.desk import open_desk
from tierengine.web.office import Network, Office, Proxy, public_address
from tierengine.web.provider import Provider, issuer_of
from tierengine.web.server import serve_for_office, state_folder

SECRET = "TIERENGINE_OIDC_SECRET"  # noqa: S105 - where the secret lies, not the secret


@app.command()
def serve(
    folder: DossiersFolder = Path(),
    *,
    public_url: Annotated[
        str, typer.Option("--public-url", metavar="URL", help="the address by which people open it, with https")
    ],
    administrator: Annotated[
        str, typer.Option("--administrator", metavar="NAME", help="who may open the register, while nobody is in it")
    ],
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="where it listens for the proxy")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="the port on which it listens")] = 8080,
    ledger: Annotated[
        str | None,
        typer.Option(
            "--ledger", metavar="PLACE", envvar="TIERENGINE_LEDGER", help="a file, or the URL of a PostgreSQL database"
        ),
    ] = None,
    trusted_proxy: Annotated[
        list[str] | None,
        typer.Option(
            "--trusted-proxy", metavar="ADDRESS", help="an address or network of the proxy; may be given again"
        ),
    ] = None,
    proxy_header: Annotated[
        str | None,
        typer.Option("--proxy-header", metavar="HEADER", help="the header in which the proxy names who asks"),
    ] = None,
    oidc: Annotated[
        str | None, typer.Option("--oidc", metavar="ISSUER", help="the provider of identities (OpenID Connect)")
    ] = None,
    client_id: Annotated[
        str | None, typer.Option("--client-id", metavar="ID", help="as what the provider knows this desk")
    ] = None,
    oidc_claim: Annotated[
        str, typer.Option("--oidc-claim", metavar="CLAIM", help="what of its token is the name in the register")
    ] = "name",
    rulebook: RulebookFolder = None,
    keys: KeysFolder = None,
    corpus: CensusCases = None,
) -> None:
    """Serve the desk for an office: people come in by its proxy or its provider of identities."""
    if not folder.is_dir():
        raise UsageError([Problem(where=str(folder), what="is no folder", cure="name the folder of your dossiers")])
    public = public_address(public_url)
    provider = _provider(oidc, client_id, oidc_claim, public.geturl())
    if (provider is None) == (proxy_header is None):
        what = "people come in by one of the two, the provider or the header of the proxy"
        cure = "give one of --proxy-header HEADER and --oidc ISSUER"
        raise UsageError([Problem(where="--proxy-header, --oidc", what=what, cure=cure)])
    proxy = Proxy(proxy_header.lower() if proxy_header else None, _networks(trusted_proxy or ["127.0.0.1"]))
    opened = open_desk(
        folder,
        folder_of(rulebook),
        cache=cache_folder(),
        ledger=ledger,
        keys=keys_folder(keys),
        announced=Announced(state_folder(folder) / "announced.json"),
        cases=corpus,
    )
    office = Office(opened.book, public, proxy, provider=provider, first=administrator)

    def announce(address: str) -> None:
        typer.echo(f"The desk listens at {host}:{port} for the proxy. People open it at\n    {address}")
        typer.echo(f"Requests are logged in {state_folder(folder) / 'requests.log'}. Ctrl-C closes the desk.")

    serve_for_office(opened, office, host, port, announce)


def _provider(issuer: str | None, client: str | None, claim: str, at: str) -> Provider | None:
    """The provider, if one was named. Raise `UsageError` if it is not said how it knows this desk."""
    if issuer is None:
        return None
    secret = os.environ.get(SECRET, "")
    problems = []
    if not client:
        problems.append(Problem(where="--client-id", what="is missing", cure="write it as the provider gave it to you"))
    if not secret:
        cure = f"set {SECRET} to what the provider gave you; it is no option, so that no list of programs shows it"
        problems.append(Problem(where=SECRET, what="is not set in the environment", cure=cure))
    if problems:
        raise UsageError(problems)
    return Provider(issuer_of(issuer), str(client), secret, claim=claim, desk=at)


def _networks(written: list[str]) -> tuple[Network, ...]:
    found: list[Network] = []
    problems = []
    for each in written:
        try:
            found.append(ip_network(each))
        except ValueError:
            cure = "write it like 127.0.0.1 or 10.1.0.0/24"
            problems.append(Problem(where="--trusted-proxy", what=f"`{each}` is no address or network", cure=cure))
    if problems:
        raise UsageError(problems)
    return tuple(found)
