"""The holes of the mail gateway, each as a mail that uses it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from xmlrpc.client import Fault

from desk import Desk, Visitor

MX = "mx.city.example"
DELIVERIES = 8


def write(desk: Desk, sender: str, genuine: bool = False, **headers: str) -> bytes:
    """Return a mail to the desk; the city's mail server vouches for a genuine one."""
    mail = EmailMessage()
    verdict = "pass" if genuine else "fail"
    domain = sender.rpartition("@")[2]
    mail["Authentication-Results"] = f"{MX}; dmarc={verdict} header.from={domain}"
    mail["From"] = sender
    mail["Message-Id"] = desk.unique("<hole-") + "@example.com>"
    mail["To"] = desk.mailbox
    mail["Subject"] = headers.pop("Subject", "A mail")
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("Words of the mail.")
    return mail.as_bytes()


def _deliver(desk: Desk, raw: bytes) -> object:
    try:
        return desk.servers.deliver(0, raw)
    except Fault as fault:
        return fault


def _answered(desk: Desk, case_id: int) -> str:
    """Return the identification of a public message of staff, as in a mail of it."""
    message = desk.note(case_id, "We look at it", subtype_xmlid="mail.mt_comment")
    number = message if isinstance(message, int) else message[0]
    return desk.ask("SELECT message_id FROM mail_message WHERE id = %s", number)


def forge_an_officers_answer(desk: Desk) -> int | None:
    """Row 7: whoever writes the officer's address into From is the officer."""
    case_id = desk.case(desk.ada)
    references = _answered(desk, case_id)
    raw = write(desk, desk.officer.email, In_Reply_To=references)
    _deliver(desk, raw)
    return desk.ask(
        "SELECT id FROM mail_message WHERE model = 'helpdesk.ticket' AND res_id = %s"
        " AND message_type = 'email' AND author_id = %s",
        case_id,
        desk.officer.partner_id,
    )


def publish_as_a_stranger(desk: Desk) -> int | None:
    """Row 7: who knows, or guesses, a reference writes on the petitioner's page."""
    case_id = desk.case(desk.ada)
    references = _answered(desk, case_id)
    _deliver(desk, write(desk, "mallory@evil.example", In_Reply_To=references))
    return desk.ask(
        "SELECT message.id FROM mail_message AS message"
        " JOIN mail_message_subtype AS subtype ON subtype.id = message.subtype_id"
        " WHERE message.model = 'helpdesk.ticket' AND message.res_id = %s"
        " AND message.message_type = 'email' AND subtype.internal IS NOT TRUE",
        case_id,
    )


def _take_cases_of(desk: Desk, thief: Visitor, address: str) -> int | None:
    """Return the case that came by a genuine mail and that the thief can read."""
    subject = desk.unique("My neighbour's crime ")
    _deliver(desk, write(desk, address, genuine=True, Subject=subject))
    case_id = desk.newest(subject)
    assert case_id, "the mail became no case"
    return thief.try_call("helpdesk.ticket", "search", [["id", "=", case_id]])


def capture_by_sign_up(desk: Desk) -> int | None:
    """Row 7: an account in somebody else's name needs no proof of the address."""
    desk.admin(
        "ir.config_parameter", "set_param", "auth_signup.invitation_scope", "b2c"
    )
    victim, thief = desk.unique("victim") + "@example.com", desk.visitor()
    for path in ("/web/signup", "/services/account"):
        thief.post(
            path,
            page=path,
            login=victim,
            email=victim,
            name="Thief",
            password=victim,
            confirm_password=victim,
        )
    return _take_cases_of(desk, thief, victim)


def capture_by_an_address(desk: Desk) -> int | None:
    """Row 7: a resident enters somebody else's address as the own and gets the mail's
    case."""
    thief, victim = desk.mother, desk.unique("victim") + "@example.com"
    thief.post(
        "/my/address/submit",
        partner_id=thief.partner_id,
        name="Thief",
        email=victim,
        phone="1",
        street="1",
        city="1",
        zipcode="1",
        country_id=desk.ref("base.be"),
        address_type="billing",
        required_fields="",
    )
    return _take_cases_of(desk, thief, victim)


def capture_by_a_second_contact(desk: Desk) -> int | None:
    """Row 7: the same with an address of the thief's firm."""
    victim = desk.unique("victim") + "@example.com"
    desk.create("res.partner", name="Branch", email=victim, parent_id=desk.firm_id)
    return _take_cases_of(desk, desk.ben, victim)


def follow_by_being_copied(desk: Desk) -> int:
    """Row 7: who is named in Cc follows the case, and reads it on the portal."""
    subject = desk.unique("Copied ")
    raw = write(desk, "someone@example.org", Subject=subject, Cc=desk.eve.email)
    _deliver(desk, raw)
    return desk.ask(
        "SELECT count(*) FROM mail_followers WHERE res_model = 'helpdesk.ticket'"
        " AND res_id = %s AND partner_id = %s",
        desk.newest(subject),
        desk.eve.partner_id,
    )


def get_a_case_by_writing(desk: Desk) -> int | None:
    """Row 7: the sender of a mail becomes the officer who handles it."""
    desk.write("res.company", 1, helpdesk_mgmt_ticket_auto_assign=True)
    team_id = desk.create(
        "helpdesk.ticket.team",
        name=desk.unique("Team "),
        alias_name=desk.unique("team"),
        user_ids=[(6, 0, [desk.officer.user_id])],
    )
    subject = desk.unique("Not mine ")
    raw = write(desk, desk.officer.email, Subject=subject)
    alias = desk.ask(
        "SELECT alias_full_name FROM mail_alias AS alias"
        " JOIN helpdesk_ticket_team AS team ON team.alias_id = alias.id"
        " WHERE team.id = %s",
        team_id,
    )
    _deliver(desk, raw.replace(desk.mailbox.encode(), alias.encode()))
    case_id = desk.newest(subject)
    assert case_id, "the mail became no case"
    return desk.ask("SELECT user_id FROM helpdesk_ticket WHERE id = %s", case_id)


def multiply_by_delivering_at_once(desk: Desk) -> int:
    """Row 8: one mail, delivered several times at the same moment, is several cases."""
    for _letter in range(10):
        subject = desk.unique("Only once ")
        raw = write(desk, "someone@example.org", Subject=subject)
        with ThreadPoolExecutor(DELIVERIES) as pool:
            list(pool.map(lambda _number, raw=raw: _deliver(desk, raw), range(8)))
        count = desk.count(subject)
        assert count, "the mail became no case"
        if count > 1:
            return count
    return 0


def lose_broken_mails(desk: Desk) -> list[Fault]:
    """Row 8: a mail that the parser cannot read raises, and is gone: the mail server
    has handed it over."""
    raw = write(desk, "someone@example.org").replace(b'charset="utf-8"', b"charset=x")
    report = b"Content-Type: multipart/report; report-type=delivery-status\nFrom: "
    answers = [
        _deliver(desk, raw),
        _deliver(desk, raw.replace(b"\nFrom: ", b"\nX-Y: z\n" + report)),
    ]
    return [answer for answer in answers if isinstance(answer, Fault)]


def deliver_as_an_employee(desk: Desk) -> int:
    """Row 10: every employee may call the gateway, as anybody's mail server."""
    subject = desk.unique("By remote call ")
    mail = write(desk, desk.ada.email, genuine=True, Subject=subject).decode()
    for model in ("helpdesk.ticket", "mail.thread"):
        desk.officer.try_call(model, "message_process", "helpdesk.ticket", mail)
    return desk.count(subject)


HOLES = [
    (7, forge_an_officers_answer),
    (7, publish_as_a_stranger),
    (7, capture_by_sign_up),
    (7, capture_by_an_address),
    (7, capture_by_a_second_contact),
    (7, follow_by_being_copied),
    (7, get_a_case_by_writing),
    (8, multiply_by_delivering_at_once),
    (8, lose_broken_mails),
    (10, deliver_as_an_employee),
]
