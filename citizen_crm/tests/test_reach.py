"""Who is near a petitioner, and how far they reach: by every way there is."""

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .portal_common import PNG, PortalCase

QUIET = (
    "odoo.http",
    "odoo.addons.base.models.ir_model",
    "odoo.addons.base.models.ir_rule",
)


@tagged("post_install", "-at_install")
class TestReach(PortalCase):
    """The petitioner's colleague, the company itself, a household, and followers.

    ``ada`` petitions as a citizen and orders as a customer; ``ben`` is her colleague
    and ``chief`` the account of their company. ``mother`` and ``son`` are contacts of
    the person ``father``: ``mother`` petitions and orders. ``eve`` follows, and ``eli``
    is her colleague.

    On the stock base all tests fail but those of the company's own cases: its portal
    rule gives a contact every ticket of the employer or the household, and every
    ticket that somebody of the same company follows.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        create = cls.env["res.partner"].create
        cls.chief = cls._create_user("r_chief", "base.group_portal")
        cls.chief.partner_id.is_company = True
        (cls.ada.partner_id + cls.ben.partner_id).parent_id = cls.chief.partner_id
        cls.father = cls._create_user("r_father", "base.group_portal")
        cls.mother = cls._create_user("r_mother", "base.group_portal")
        cls.son = cls._create_user("r_son", "base.group_portal")
        (cls.mother.partner_id + cls.son.partner_id).parent_id = cls.father.partner_id
        cls.eli = cls._create_user("r_eli", "base.group_portal")
        press = create({"name": "Press Ltd", "is_company": True})
        (cls.eve.partner_id + cls.eli.partner_id).parent_id = press
        #: Petitioner -> who is near.
        cls.near = {cls.ada: cls.ben + cls.chief, cls.mother: cls.son + cls.father}
        cls.petition, cls.order, cls.files = {}, {}, {}
        for user in cls.near:
            cls.petition[user] = cls._create_case(user, name=f"Secret of {user.login}")
            cls.order[user] = cls._create_case(
                user,
                name=f"Bins of {user.login}",
                role="customer",
                category_id=cls.bin.id,
            )
            cls.files[user] = cls._add_files(user, cls.petition[user])
        cls.env.flush_all()

    @classmethod
    def _add_files(cls, user, case):
        """Return an upload of the petitioner and a file of a public answer."""
        create = cls.env["ir.attachment"].create
        upload = create(
            {
                "name": "upload.png",
                "raw": PNG,
                "res_model": case._name,
                "res_id": case.id,
            }
        )
        cls.env.cr.execute(
            "UPDATE ir_attachment SET create_uid = %s WHERE id = %s",
            (user.id, upload.id),
        )
        upload.invalidate_recordset()
        message = case.with_user(cls.handler).message_post(
            body="Answer with a file",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachments=[("answer.txt", b"answer")],
        )
        return upload + message.sudo().attachment_ids

    def _each(self):
        """Yield ``(petitioner, somebody near)`` with nothing left in the cache."""
        for petitioner, near in self.near.items():
            for user in near:
                self.env.flush_all()
                self.env.invalidate_all()
                with self.subTest(petitioner=petitioner.login, near=user.login):
                    yield petitioner, user

    def _rpc(self, method, *args, model="helpdesk.ticket", **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        path = f"/web/dataset/call_kw/{model}/{method}"
        return self.url_open(path, json={"params": params}).json()

    def assertCannotReach(self, case, user):
        """Nothing on the model, in any way of asking, tells ``user`` of ``case``."""
        self.env.flush_all()
        self.env.invalidate_all()
        Case, domain = self.Case.with_user(user), [("id", "=", case.id)]
        self.assertFalse(Case.search(domain))
        self.assertEqual(Case.search_count(domain), 0)
        self.assertFalse(Case.name_search(case.name))
        self.assertFalse(Case.name_search(domain=domain))
        found = Case.web_search_read(domain, {"name": {}}, order="id")
        self.assertEqual(found, {"length": 0, "records": []})
        self.assertEqual(Case._read_group(domain, aggregates=["__count"]), [(0,)])
        self.assertFalse(Case._read_group(domain, ["role"], ["__count"]))
        for call in (
            lambda c: c.read(["name"]),
            lambda c: c.web_read({"name": {}}),
            lambda c: c.message_post(body="I was here"),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                call(case.with_user(user))
        # The base refuses this without an error.
        self.assertFalse(case.with_user(user).message_subscribe(user.partner_id.ids))
        messages = self.env["mail.message"].with_user(user)
        self.assertFalse(
            messages.search([("model", "=", case._name), ("res_id", "=", case.id)])
        )

    @mute_logger(*QUIET)
    def test_model(self):
        for petitioner, user in self._each():
            self.assertCannotReach(self.petition[petitioner], user)

    @mute_logger(*QUIET)
    def test_pages(self):
        for petitioner, user in self._each():
            case = self.petition[petitioner]
            self._login(user)
            for path in (
                "",
                "/filed",
                *(f"/file/{f.id}" for f in self.files[petitioner]),
            ):
                for key in (case.number, case.id):
                    page = self.url_open(f"/my/case/{key}{path}")
                    self.assertStatus(page, 404)
            for path in (
                "/my/cases",
                f"/my/cases?search={case.name}",
                "/my/organisation/cases",
                f"/my/organisation/cases?search={case.number}",
                "/my/entrusted",
            ):
                text = self._text(self.url_open(path))
                self.assertNotIn(case.name, text)
            for deed in ("message", "reopen", "withdraw", "rights"):
                page = self._post(f"/my/case/{case.number}/{deed}", message="Hello")
                self.assertStatus(page, 404)
            counts = self.make_jsonrpc_request(
                "/my/counters", {"counters": ["citizen_case_count"]}
            )
            self.assertEqual(counts, {"citizen_case_count": 0})

    @mute_logger(*QUIET)
    def test_remote_calls(self):
        for petitioner, user in self._each():
            case = self.petition[petitioner]
            domain = [["id", "=", case.id]]
            self._login(user)
            self.assertIn("error", self._rpc("read", [case.id], ["name"]))
            self.assertIn("error", self._rpc("web_read", [case.id], {"name": {}}))
            result = self._rpc("web_search_read", domain, {"name": {}}, order="id")
            self.assertEqual(result["result"]["length"], 0)
            self.assertEqual(self._rpc("search_count", domain)["result"], 0)
            self.assertFalse(self._rpc("name_search", case.name)["result"])

    @mute_logger(*QUIET)
    def test_files(self):
        """Of a case and of a message on it, by record and by address."""
        for petitioner, user in self._each():
            files = self.files[petitioner]
            self.assertEqual(len(files), 2)
            mine = files.with_user(user)
            self.assertFalse(mine.search([("id", "in", files.ids)]))
            self._login(user)
            for file in mine:
                with self.assertRaises(AccessError):
                    file.read(["name", "datas"])
                for address in (f"/web/content/{file.id}", f"/web/image/{file.id}"):
                    response = self.url_open(address)
                    if "image" in address:  # a placeholder is sent instead
                        self.assertNotEqual(response.content, file.sudo().raw)
                    else:
                        self.assertIn(response.status_code, (403, 404))

    def test_petitioner_opens_the_files(self):
        """The addresses that are refused to others are not simply wrong."""
        for petitioner, files in self.files.items():
            self._login(petitioner)
            for file in files:
                with self.subTest(petitioner=petitioner.login, file=file.name):
                    case = self.petition[petitioner]
                    address = f"/my/case/{case.number}/file/{file.id}"
                    self.assertEqual(self.url_open(address).content, file.raw)

    def test_mail(self):
        """A message of the desk is sent to the petitioner, to nobody near."""
        for petitioner, near in self.near.items():
            with self.subTest(petitioner=petitioner.login):
                case = self.petition[petitioner]
                message = case.with_user(self.handler).message_post(
                    body="We come on Monday",
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                )
                mails = self.env["mail.mail"].search(
                    [("mail_message_id", "=", message.id)]
                )
                notified = (
                    message.sudo().notification_ids.res_partner_id
                    | message.sudo().partner_ids
                    | mails.recipient_ids
                )
                self.assertFalse(notified & (near.partner_id | self.bakery))
                self.assertFalse(near.partner_id & case.message_partner_ids)
                self.assertIn(petitioner.partner_id, notified)
                self.assertLessEqual(
                    notified, petitioner.partner_id | self.handler.partner_id
                )

    @mute_logger(*QUIET)
    def test_being_made_a_follower_opens_nothing(self):
        """The handler adds who is near and a stranger; she has a colleague."""
        for petitioner, near in self.near.items():
            case = self.petition[petitioner]
            near += self.eve
            case.with_user(self.handler).message_subscribe(near.partner_id.ids)
            for user in near + self.eli:
                with self.subTest(petitioner=petitioner.login, follower=user.login):
                    self.assertCannotReach(case, user)
                    self._login(user)
                    page = self.url_open(f"/my/case/{case.number}")
                    self.assertStatus(page, 404)

    @mute_logger(*QUIET)
    def test_following_a_customer_case_opens_nothing_to_colleagues(self):
        for case in self.order.values():
            case.with_user(self.handler).message_subscribe(self.eve.partner_id.ids)
            for user in self.eve + self.eli:
                with self.subTest(case=case.name, user=user.login):
                    self.assertCannotReach(case, user)

    def test_customer_cases_are_read_together(self):
        """By page, list and remote call; a right of the company or household."""
        for petitioner, user in self._each():
            case = self.order[petitioner]
            self._login(user)
            self.assertStatus(self.url_open(f"/my/case/{case.number}"), 200)
            text = self._text(self.url_open("/my/organisation/cases"))
            self.assertIn(case.name, text)
            (values,) = self._rpc("read", [case.id], ["name"])["result"]
            self.assertEqual(values["name"], case.name)
            domain = [["id", "=", case.id]]
            self.assertEqual(self._rpc("search_count", domain)["result"], 1)

    def test_both_are_the_petitioners_own(self):
        for petitioner in self.near:
            self._login(petitioner)
            for case in (self.petition[petitioner], self.order[petitioner]):
                with self.subTest(case=case.name):
                    self.assertStatus(self.url_open(f"/my/case/{case.number}"), 200)
                    self.assertIn("result", self._rpc("read", [case.id], ["name"]))
