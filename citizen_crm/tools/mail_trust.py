"""Decide what a mail is and whether its sender is believed. No ORM, no I/O.

Nothing in a mail proves who wrote it. The only witness is the city's own mail server,
which has checked the sender's domain when the mail came in and has written its finding
into an ``Authentication-Results`` header (RFC 8601). Everything below that header was
written by whoever sent the mail.
"""

import re
from dataclasses import dataclass

from .mail_headers import (
    Headers,
    find_addresses,
    get_all,
    single_address,
    strip_quotes_and_comments,
)

#: Why a mail is taken for one that no person wrote.
AUTOMATIC_REASONS = (
    "auto_submitted",
    "auto_suppress",
    "bulk",
    "null_sender",
    "daemon",
    "report",
)
#: Local parts that no person writes from.
DAEMONS = {"mailer-daemon", "postmaster", "double-bounce", "bounce"}
BULK = {"bulk", "junk", "list", "auto_reply", "auto-reply"}

_RESULT = re.compile(r"\s*([\w-]+)\s*(?:/\s*\d+\s*)?=\s*([\w-]+)")
# Like an address, it begins where its word begins.
_PROPERTY = re.compile(r"(?<![\w-])([\w-]+\.[\w-]+)\s*=\s*([^\s;]+)")


@dataclass(frozen=True)
class Verdict:
    """What the own mail server has found out about the sender.

    ``trusted`` the sender's domain vouches for the address in From; ``failed`` it
    disowns the mail; neither: nothing is known.
    """

    trusted: bool = False
    failed: bool = False
    summary: str = ""


@dataclass(frozen=True)
class Facts:
    """Everything that decides what becomes of a mail addressed to the desk."""

    automatic: str = ""
    is_own_message: bool = False
    sender: str = ""
    is_own_address: bool = False
    received_last_hour: int = 0
    hourly_limit: int = 0
    is_reused_id: bool = False
    is_allowed: bool = True


def judge(headers: Headers, authserv_id: str) -> Verdict:
    """Return what the server named ``authserv_id`` says about the mail.

    Only the topmost header of that name counts, as the server puts its own on top;
    without a configured name nobody is believed.

    >>> judge([("from", "a@b.example"), ("authentication-results",
    ...     "mx.city.example; dmarc=pass header.from=b.example")], "mx.city.example")
    Verdict(trusted=True, failed=False, summary='dmarc=pass')
    """
    wanted = authserv_id.strip().lower()
    if not wanted:
        return Verdict(summary="no server configured")
    for value in get_all(headers, "authentication-results"):
        server, _semicolon, rest = strip_quotes_and_comments(value).partition(";")
        if server.split()[:1] and server.split()[0].lower() == wanted:
            return _weigh(rest, _domain(single_address(get_all(headers, "from"))))
    return Verdict(summary="no result of the own server")


def _weigh(results: str, domain: str) -> Verdict:
    """Weigh the results of one header for mails from ``domain`` (RFC 8601 §2.2)."""
    if not domain:
        return Verdict(summary="From is not exactly one address")
    signed = passed = failed = False
    told = []
    for result in results.split(";"):
        found = _RESULT.match(result)
        if not found:
            continue
        method, outcome = found.group(1).lower(), found.group(2).lower()
        told.append(f"{method}={outcome}")
        properties = {
            name.lower(): value.lower() for name, value in _PROPERTY.findall(result)
        }
        if method == "dmarc":
            failed = failed or outcome == "fail"
            same = properties.get("header.from", "").rstrip(".") == domain
            passed = passed or (outcome == "pass" and same)
        elif method == "dkim" and outcome == "pass":
            signed = signed or is_aligned(_signer(properties), domain)
    trusted = (passed or signed) and not failed
    return Verdict(trusted, failed, ", ".join(told)[:200] or "empty result")


def _signer(properties: dict[str, str]) -> str:
    signer = properties.get("header.d") or _domain(properties.get("header.i", ""))
    return signer.rstrip(".")


def is_aligned(signer: str, domain: str) -> bool:
    """Tell whether a signature of ``signer`` speaks for addresses of ``domain``.

    A domain speaks for itself and for what is below it, never for what is above:
    that needs no list of public suffixes.

    >>> is_aligned("example.com", "mail.example.com")
    True
    >>> is_aligned("mail.example.com", "example.com")
    False
    """
    return "." in signer and (domain == signer or domain.endswith(f".{signer}"))


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


def automatic_reason(headers: Headers) -> str:
    """Return why the mail was written by a machine, or "".

    Sources: RFC 3834 §5 (Auto-Submitted), RFC 5321 §4.5.5 (empty Return-Path), RFC
    3464 and RFC 8098 (reports), MS-OXCMAIL (X-Auto-Response-Suppress).
    """
    checks = {
        "report": _is_report(headers),
        "null_sender": "<>" in get_all(headers, "return-path"),
        "daemon": _is_daemon(headers),
        "auto_submitted": _is_auto_submitted(headers),
        "auto_suppress": bool(get_all(headers, "x-auto-response-suppress")),
        "bulk": bool(_first_words(headers, "precedence") & BULK),
    }
    return next((reason for reason, holds in checks.items() if holds), "")


def is_bounce(headers: Headers) -> bool:
    """Tell whether the mail says that another mail could not be delivered.

    A report that a mail was read (RFC 8098) is no such thing.
    """
    reports = " ".join(get_all(headers, "content-type")).lower()
    return "delivery-status" in reports or "mailer-daemon" in _local_parts(headers)


def _is_report(headers: Headers) -> bool:
    return "multipart/report" in _first_words(headers, "content-type")


def _is_daemon(headers: Headers) -> bool:
    return bool(_local_parts(headers) & DAEMONS)


def _local_parts(headers: Headers) -> set[str]:
    senders = find_addresses(get_all(headers, "from"))
    return {sender.partition("@")[0] for sender in senders}


def _is_auto_submitted(headers: Headers) -> bool:
    if _first_words(headers, "auto-submitted") - {"no", ""}:
        return True
    flags = get_all(headers, "x-autoreply", "x-autorespond")
    return any(flag.strip().lower() not in ("", "no") for flag in flags)


def _first_words(headers: Headers, name: str) -> set[str]:
    """Return the first word of each header of this name, in lower case."""
    values = (strip_quotes_and_comments(value) for value in get_all(headers, name))
    return {value.partition(";")[0].strip().lower() for value in values}


def is_flood(received_last_hour: int, limit: int) -> bool:
    """Tell whether one address writes too often; a limit of 0 switches this off."""
    return 0 < limit <= received_last_hour


def decide(facts: Facts) -> tuple[str, str]:
    """Return state and reason of a mail: ``("accepted", "")`` if all is well.

    A machine's mail is ignored; whatever is doubtful waits for a person's decision.
    Nothing is ever dropped.
    """
    if facts.automatic:
        return "ignored", facts.automatic
    if facts.is_own_message:
        return "ignored", "own_message"
    doubts = {
        "no_sender": not facts.sender,
        "own_address": facts.is_own_address,
        "reused_id": facts.is_reused_id,
        "flood": is_flood(facts.received_last_hour, facts.hourly_limit),
        "not_allowed": not facts.is_allowed,
    }
    reason = next((reason for reason, holds in doubts.items() if holds), "")
    return ("quarantined", reason) if reason else ("accepted", "")
