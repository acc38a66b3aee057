"""The rules about who is believed hold for whatever a mail contains."""

from __future__ import annotations

import time
from contextlib import suppress

import hypothesis.strategies as st
import pytest
from hypothesis import example, given

from odoo.addons.citizen_crm.tools import mail_headers as heads
from odoo.addons.citizen_crm.tools import mail_trust as trust
from odoo.addons.citizen_crm.tools.mail_letter import (
    Letter,
    check_markup,
    count_markup_steps,
)

MX = "mx.city.example"
FROM = ("from", "Ada <ada@example.com>")
GOOD = f"{MX}; dmarc=pass (p=reject) header.from=example.com"
AR = "authentication-results"

texts = st.text(max_size=80)
names = st.sampled_from(
    ["from", "to", AR, "received", "subject", "precedence", "auto-submitted", "x-y"]
)
header_lists = st.lists(st.tuples(names, texts), max_size=8)
outcomes = st.sampled_from(["pass", "fail", "none", "neutral", "softfail", "temperror"])


@given(st.binary(max_size=600))
@example(b"\0\r\n\r\n")
def test_nothing_raises(raw: bytes) -> None:
    letter = Letter(raw, MX)
    texts = [letter.sender, letter.sender_name, letter.subject, letter.shown_headers]
    texts += [*letter.recipients, *letter.references, letter.message_id]
    texts += [letter.read_text(), letter.verdict.summary, letter.automatic]
    for text in texts:
        assert "\0" not in text
        text.encode()
    assert letter.message_id.startswith("<")
    assert len(letter.message_id) <= heads.MAX_MESSAGE_ID


@given(st.binary(max_size=400))
def test_identification_is_stable(raw: bytes) -> None:
    assert Letter(raw).message_id == Letter(raw).message_id
    passed = Letter(b"Received: from x by y\r\nDelivered-To: z@z.example\r\n" + raw)
    if heads.read_headers(raw) and not raw.startswith((b" ", b"\t", b"\r", b"\n")):
        assert passed.message_id == Letter(raw).message_id
        assert passed.digest == Letter(raw).digest


@pytest.mark.parametrize("part", ["x", "<x", "x@", "=?a?q?", '"(', "a.", "a=b; ", " "])
@pytest.mark.parametrize("name", ["From", "To", "References", "Message-Id", "Subject"])
def test_giant_headers_hold_nobody_up(name: str, part: str) -> None:
    """What is read of a header takes no longer than its length: or one mail stops all.

    The slow way would take minutes for each of these.
    """
    giant = part * (200_000 // len(part))
    results = f"Authentication-Results: {MX}; dmarc=pass {giant}"
    letter = Letter(f"{name}: {giant}\n{results}\n\nWords".encode(), MX)
    began = time.monotonic()
    _read = letter.sender, letter.sender_name, letter.subject, letter.shown_headers
    _read += letter.recipients, letter.references, letter.message_id
    _read += letter.verdict, letter.automatic
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("part", ['"', '"\\', "a.", "(", "a@b.example, "])
@pytest.mark.parametrize("name", ["Cc", "From", "Content-Type", "Content-Disposition"])
def test_giant_headers_are_parsed_in_good_time(name: str, part: str) -> None:
    """Python's parser looks at all that is left for each quotation mark."""
    giant = part * (200_000 // len(part))
    letter = Letter(f"{name}: {giant}\nSubject: x\n\nWords".encode())
    began = time.monotonic()
    with suppress(IndexError, RecursionError):  # the mail is kept as unreadable
        mail = letter.parse()
        assert mail["Subject"] == "x"
        _read = mail[name]
    assert time.monotonic() - began < 20


def test_a_long_list_of_addresses_is_kept() -> None:
    people = [f"person{number}@city.example" for number in range(400)]
    many = ", ".join(f"The Person <{address}>" for address in people)
    mail = Letter(f"To: {many}\n\nWords".encode()).parse()
    assert [address.addr_spec for address in mail["To"].addresses] == people


@pytest.mark.parametrize(
    "part", ["<a ", "</a", "<![", "<!--", "<o:", "<x encoding=a ", " encoding=a"]
)
def test_endless_markup_holds_nobody_up(part: str) -> None:
    page = f"<p>Words</p><x{part * (200_000 // len(part))}"
    letter = Letter(f"Content-Type: text/html\n\n{page}".encode())
    began = time.monotonic()
    assert "Words" in letter.read_text()
    with pytest.raises(ValueError, match="too many"):
        check_markup(letter.parse())
    assert time.monotonic() - began < 20


def test_many_parts_hold_nobody_up() -> None:
    """Each is read again with those before it: five thousand would take minutes."""
    part = "\n--b\nContent-Type: text/html\n\n<p>A part</p>" + "x" * 40
    for count, is_trick in ((100, False), (2000, True)):
        mail = f"Content-Type: multipart/mixed; boundary=b\n{part * count}"
        parsed = Letter(mail.encode()).parse()
        if is_trick:
            with pytest.raises(ValueError, match="too many"):
                check_markup(parsed)
        else:
            check_markup(parsed)


@given(st.text(alphabet="<>a =\n", max_size=60))
def test_steps_are_counted_to_the_end_of_each_tag(page: str) -> None:
    """Never fewer than it takes to search from each "<" for its ">"."""
    steps = sum(
        len(page[start:].partition(">")[0])
        for start, char in enumerate(page)
        if char == "<"
    )
    assert count_markup_steps(page) >= steps
    assert count_markup_steps(page) <= len(page) * page.count("<")


@given(header_lists)
def test_without_configured_server_nobody_is_believed(headers: heads.Headers) -> None:
    assert not trust.judge([(AR, GOOD), FROM, *headers], "").trusted


@given(header_lists)
def test_nothing_below_the_own_header_matters(headers: heads.Headers) -> None:
    """What the sender adds below cannot make a mail that fails one that passes."""
    below = [header for header in headers if header[0] != "from"]
    bad = f"{MX}; dmarc=fail header.from=example.com; dkim=fail header.d=example.com"
    assert trust.judge([(AR, bad), FROM, *below, (AR, GOOD)], MX).failed
    assert trust.judge([(AR, GOOD), FROM, *below, (AR, bad)], MX).trusted


@given(texts)
def test_other_servers_are_not_believed(server: str) -> None:
    value = f"{server}; dmarc=pass header.from=example.com"
    if heads.strip_quotes_and_comments(server).split()[:1] != [MX]:
        assert not trust.judge([(AR, value), FROM], MX).trusted


@given(outcomes, outcomes, outcomes)
def test_what_is_believed(dmarc: str, dkim: str, spf: str) -> None:
    value = (
        f"{MX}; spf={spf} smtp.mailfrom=example.com; dkim={dkim} header.d=example.com;"
        f" dmarc={dmarc} header.from=example.com"
    )
    verdict = trust.judge([(AR, value), FROM], MX)
    assert verdict.failed == (dmarc == "fail")
    assert verdict.trusted == ("pass" in (dmarc, dkim) and dmarc != "fail")


@given(st.from_regex(r"[a-z]{1,8}(\.[a-z]{1,8}){1,3}", fullmatch=True))
def test_a_pass_for_another_domain_says_nothing(domain: str) -> None:
    dmarc = f"{MX}; dmarc=pass header.from={domain}"
    dkim = f"{MX}; dkim=pass header.d={domain}"
    if domain != "example.com":
        assert not trust.judge([(AR, dmarc), FROM], MX).trusted
        assert not trust.judge([(AR, dkim), FROM], MX).trusted


@pytest.mark.parametrize(
    "value",
    [
        "mx.city.example; none",
        '"mx.city.example; dmarc=pass header.from=example.com"',
        "mx.city.example (; dmarc=pass header.from=example.com",
        'mx.city.example; spf=pass smtp.helo="x; dmarc=pass header.from=example.com',
        "mx.city.example; spf=pass (dmarc=pass header.from=example.com)",
        "mx.city.example.evil.example; dmarc=pass header.from=example.com",
        "mx.city.example; dmarc=pass header.from=example.com.evil.example",
        "mx.city.example; dmarc=pass",
        "mx.city.example; dkim=pass header.i=@com header.d=com",
        "mx.city.example; spf=pass smtp.mailfrom=example.com",
    ],
)
def test_tricks_with_the_header(value: str) -> None:
    assert not trust.judge([(AR, value), FROM], MX).trusted


@pytest.mark.parametrize(
    "value",
    [
        "mx.city.example 1; dmarc=pass header.from=example.com",
        "(x) MX.City.Example ; dmarc = pass (p=none) header.from = Example.com",
        "mx.city.example; dkim=pass header.i=@example.com header.b=abc",
        "mx.city.example; dkim=fail header.d=x.example; dkim=pass header.d=example.com",
        "mx.city.example; dkim/1=pass header.d=example.com; spf=fail",
    ],
)
def test_forms_of_the_header(value: str) -> None:
    assert trust.judge([(AR, value), FROM], MX).trusted


@pytest.mark.parametrize(
    "values",
    [
        [],
        ["a@b.example", "c@d.example"],
        ["a@b.example, c@d.example"],
        ["a@b.example <c@d.example>"],
        ["<a@b.example> c@d.example"],
        ["<a@b.example> <c@d.example>"],
        ["People: a@b.example;, c@d.example"],
        ["nobody"],
        ['"a@b.example"'],
        ["a@b.example)c@d.example"],
    ],
)
def test_not_one_sender(values: list[str]) -> None:
    assert heads.single_address(values) == ""


@given(
    st.from_regex(r"[a-z0-9._+-]{1,20}@[a-z]{1,9}\.example", fullmatch=True),
    st.text(alphabet="abc Ã¼(),.'", max_size=20),
)
def test_one_sender(address: str, name: str) -> None:
    assert heads.single_address([address]) == address
    assert heads.single_address([f'"{name}" <{address.upper()}>']) == address


facts = st.builds(
    trust.Facts,
    automatic=st.sampled_from(["", *trust.AUTOMATIC_REASONS]),
    is_own_message=st.booleans(),
    sender=st.sampled_from(["", "a@b.example"]),
    is_own_address=st.booleans(),
    received_last_hour=st.integers(0, 30),
    hourly_limit=st.integers(0, 20),
    is_reused_id=st.booleans(),
    is_allowed=st.booleans(),
)


@given(facts)
def test_decision(fact: trust.Facts) -> None:
    """Only what raises no doubt is accepted; every other mail has a reason."""
    state, reason = trust.decide(fact)
    assert (state == "accepted") == (reason == "")
    if fact.automatic:
        assert state == "ignored"
    if state == "accepted":
        assert fact.sender and fact.is_allowed
        assert not (fact.is_own_message or fact.is_own_address or fact.is_reused_id)
        assert not fact.hourly_limit or fact.received_last_hour < fact.hourly_limit


@given(header_lists)
def test_automatic_reasons_are_known(headers: heads.Headers) -> None:
    assert trust.automatic_reason(headers) in {"", *trust.AUTOMATIC_REASONS}
