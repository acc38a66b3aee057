"""A mail server for tests: hands mails to the gateway, and looks at what goes out."""

from contextlib import contextmanager
from email.message import EmailMessage
from unittest.mock import patch

from .common import CitizenCommon

MX = "mx.city.example"
DOMAIN = "city.example"


class CitizenMailCommon(CitizenCommon):
    """The city's mail domain, two departments with an address, some senders.

    ``ada`` is a citizen whose address was verified, ``ben`` one whose was not.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Receipt = cls.env["citizen.mail.receipt"]
        domain = cls.env["mail.alias.domain"].create({"name": DOMAIN})
        cls.company.alias_domain_id = domain
        cls.company.partner_id.email = f"info@{DOMAIN}"
        cls.mayor = cls.env.ref("citizen_crm.mail_alias_mayor")
        cls.mayor.write({"alias_domain_id": domain.id, "alias_incoming_local": False})
        for team, name in ((cls.roads, "roads"), (cls.parks, "parks")):
            team.alias_id.write({"alias_name": name, "alias_domain_id": domain.id})
        cls.lead = cls._create_user(
            "lead",
            "helpdesk_mgmt.group_helpdesk_user_team,"
            "citizen_crm.group_clearance_citizen,citizen_crm.group_clearance_customer",
            email="lead@city.example",
            notification_type="inbox",
        )
        cls.roads.write({"user_id": cls.lead.id, "user_ids": [(4, cls.lead.id)]})
        cls.clerk.write(
            {"group_ids": [(4, cls.env.ref("citizen_crm.group_intake_clerk").id)]}
        )
        cls.ada_citizen = cls._create_citizen(cls.ada)
        cls.ada_citizen.action_verify_contact()
        cls.ben_citizen = cls._create_citizen(cls.ben)
        cls.env["ir.config_parameter"].set_param("citizen_crm.mail_authserv_id", MX)
        cls._serial = 0

    @classmethod
    def _write_mail(cls, sender="Ada Fox <ada@example.com>", text="Please help.", **h):
        """Return a mail; headers by name, ``trusted`` adds the mail server's word."""
        cls._serial += 1
        trusted, files = h.pop("trusted", False), h.pop("files", ())
        mail = EmailMessage()
        headers = {
            "From": sender,
            "To": f"roads@{DOMAIN}",
            "Subject": "Hole in Mill Lane",
            "Message-Id": f"<letter-{cls._serial}@example.com>",
            "Date": "Wed, 04 Mar 2026 07:00:00 +0000",
            **{name.replace("_", "-"): value for name, value in h.items()},
        }
        if trusted:
            domain = sender.rpartition("@")[2].rstrip(">")
            mail["Authentication-Results"] = f"{MX}; dmarc=pass header.from={domain}"
        for name, value in headers.items():
            if value is not None:
                mail[name] = value
        mail.set_content(text)
        for name, content in files:
            mail.add_attachment(
                content, maintype="application", subtype="octet-stream", filename=name
            )
        return mail.as_bytes()

    def _deliver(self, raw=None, user=None, model=None, **mail):
        """Hand a mail to the gateway as a mail server does; return its receipt."""
        last = self.Receipt.search([], order="id desc", limit=1)
        raw = self._write_mail(**mail) if raw is None else raw
        gateway = self.env["mail.thread"]
        if user:
            gateway = gateway.with_user(user)
        gateway.message_process(model, raw)
        return self.Receipt.search([("id", ">", last.id or 0)])

    def _deliver_case(self, **mail):
        receipt = self._deliver(**mail)
        self.assertEqual(receipt.state, "accepted", receipt.detail or receipt.reason)
        return receipt.case_id

    @contextmanager
    def _outbox(self):
        """Collect the mails that would be sent, as the mail server would get them."""
        sent = []

        def send_email(_server, message, *args, **kwargs):
            sent.append(message)
            return message["Message-Id"]

        Server = type(self.env["ir.mail_server"])
        with (
            patch.object(Server, "_disable_send", lambda *_args: False),
            patch.object(Server, "_connect__", lambda *_args, **_kwargs: None),
            patch.object(Server, "send_email", send_email),
        ):
            yield sent

    @staticmethod
    def _read(mail):
        """Return headers and decoded texts of a mail that goes out."""
        parts = [part for part in mail.walk() if part.get_content_maintype() == "text"]
        headers = [f"{name}: {value}" for name, value in mail.items()]
        return "\n".join([*headers, *(part.get_content() for part in parts)])

    def _answer(self, case, text="We have filled it.", user=None):
        """Publish an answer the way the desk's form does."""
        return case.with_user(user or self.clerk).message_post(
            body=text, message_type="comment", subtype_xmlid="mail.mt_comment"
        )
