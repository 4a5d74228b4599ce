"""`pulse produce token`: a bearer token for a source that posts to the intake."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Final

import click

from deploy.commands.options import as_json_option

TOKEN_BYTES: Final = 32


@click.command()
@click.argument("source")
@as_json_option
def command(source: str, as_json: bool) -> None:
    """Draw a token for SOURCE: give it to the request system, and its hash to the intake's settings.

    The token is shown once and kept nowhere: settings hold its SHA-256, which is as good as a password hash
    here since nobody can guess 256 random bits.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    hashed = hashlib.sha256(token.encode()).hexdigest()
    if as_json:
        click.echo(json.dumps({"source": source, "token": token, "sha256": hashed}))
        return
    click.echo(f"token (for the request system): {token}")
    click.echo("pulse.toml (for the intake):")
    click.echo("[producers.intake.tokens]")
    click.echo(f"{json.dumps(source)} = {json.dumps(hashed)}")
