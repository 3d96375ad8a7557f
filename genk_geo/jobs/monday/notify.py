"""Telling that a run ended: that it did and how, and nothing of what was found."""

from __future__ import annotations

import os
import smtplib
import ssl
from email.message import EmailMessage
from typing import TYPE_CHECKING

from genk_geo.errors import ConfigError

if TYPE_CHECKING:
    from genk_geo.config import NotifySettings

_TIMEOUT_S = 30


def notify(settings: NotifySettings, *, state: str, week: str, subject: str, text: str) -> None:
    """Send a message by mail and by webhook, as far as the settings name them.

    Neither a count, nor a theme, a place or the name of a file goes into it: it leaves the machine.

    Parameters
    ----------
    settings : NotifySettings
        Who is told, and how.
    state : str
        ``published``, ``partly``, ``held``, ``busy`` or ``failed``.
    week : str
        The week; empty where it is not known.
    subject, text : str
        The message, in the language of the settings.

    Raises
    ------
    ConfigError
        If a server cannot be reached or refuses.
    """
    if settings.when == "trouble" and state == "published":
        return
    if settings.smtp:
        _mail(settings, subject, text)
    if settings.webhook:
        _post(settings.webhook, {"state": state, "week": week, "text": subject})


def _mail(settings: NotifySettings, subject: str, text: str) -> None:
    if not (settings.sender and settings.to):
        raise ConfigError("notify.smtp needs `sender` and `to`. Set them under [notify].")
    host, _, port = settings.smtp.rpartition(":")
    try:
        message = EmailMessage()
        message["Subject"], message["From"], message["To"] = subject, settings.sender, ", ".join(settings.to)
        message.set_content(text)
        with smtplib.SMTP(host, int(port), timeout=_TIMEOUT_S) as server:
            if settings.starttls:
                server.starttls(context=ssl.create_default_context())
            if settings.user:
                server.login(settings.user, _password(settings))
            server.send_message(message)
    except (
        OSError,
        smtplib.SMTPException,
        ValueError,
    ) as error:  # a line break in an address is a ValueError
        raise ConfigError(
            "The mail server {smtp} did not take the message ({kind}). Look at [notify].",
            smtp=settings.smtp,
            kind=error.__class__.__name__,
        ) from error


def _password(settings: NotifySettings) -> str:
    name = settings.password_env
    if not name or name not in os.environ:
        raise ConfigError(
            "notify.user needs a password: name the environment variable that holds it as `password_env`."
        )
    return os.environ[name]


def _post(address: str, told: dict[str, str]) -> None:
    import requests

    try:
        answer = requests.post(address, json=told, timeout=_TIMEOUT_S, allow_redirects=False)
        refused = f"HTTP {answer.status_code}" if answer.status_code >= 300 else ""
    except requests.RequestException as error:
        refused = error.__class__.__name__
    if refused:  # the address may hold a secret and is not repeated
        raise ConfigError(
            "The webhook did not take the message ({refused}). Look at notify.webhook.", refused=refused
        )
