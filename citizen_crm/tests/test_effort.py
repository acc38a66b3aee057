from datetime import datetime

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time

from .effort_common import EffortCommon


class TestEffortVersion(EffortCommon):
    """Every change of effort points is kept, with who and why."""

    def test_a_new_service_type_has_a_version(self):
        types = self.env["helpdesk.ticket.category"].with_user(self.admin)
        first, second = types.create(
            [
                {"name": name, "is_service": True, "team_id": self.roads.id, **points}
                for name, points in (("Sign", {}), ("Bridge", {"effort_points": 4}))
            ]
        )
        reason = "Entered with the service type"
        self.assertEqual(self._versions(first), [(1, reason, self.admin)])
        self.assertEqual(self._versions(second), [(4, reason, self.admin)])

    def test_a_copy_has_its_own(self):
        self.pothole.effort_points = 2
        copy = self.pothole.with_user(self.admin).copy({"code": False})
        self.assertEqual([row[0] for row in self._versions(copy)], [2])

    def test_a_change_by_hand_is_a_version(self):
        with freeze_time("2026-03-04 09:30:00"):
            self.pothole.with_user(self.admin).effort_points = 1.25
        version = self.pothole.effort_version_ids[:1]
        self.assertEqual(
            self._versions(self.pothole)[1:], [(1.25, "Changed by hand", self.admin)]
        )
        self.assertEqual(version.since, datetime(2026, 3, 4, 9, 30))

    def test_many_types_are_changed_at_once(self):
        types = (self.pothole + self.tree + self.bin).with_user(self.admin)
        types[0].effort_points = 3
        with self.assertQueryCount(__system__=8, **{self.admin.login: 8}):
            types.write({"effort_points": 3})
            types.flush_recordset()
        for category, count in zip(types, (2, 2, 2), strict=True):
            self.assertEqual(len(self._versions(category)), count)

    def test_what_changes_nothing_is_no_version(self):
        self.pothole.with_user(self.admin).write({"effort_points": 1.0, "name": "Hole"})
        self.pothole.with_user(self.admin).write({"effort_points": 1.0001})
        self.assertEqual(len(self._versions(self.pothole)), 1)

    def test_a_reason_is_kept(self):
        types = (self.pothole + self.tree).with_user(self.admin)
        types._set_effort_points(2.5, "  Needs a site visit ")
        for category in types:
            self.assertEqual(
                self._versions(category)[1:],
                [(2.5, "Needs a site visit", self.admin)],
            )

    def test_a_reason_is_needed(self):
        for reason in (False, "", "  "):
            with self.subTest(reason=reason), self.assertRaisesRegex(UserError, "why"):
                self.pothole.with_user(self.admin)._set_effort_points(2, reason)

    def test_bad_points_leave_no_version(self):
        with self.assertRaisesRegex(ValidationError, "more than 0"):
            self.pothole.with_user(self.admin)._set_effort_points(0, "Typing error")
        self.assertEqual(len(self._versions(self.pothole)), 1)

    def test_thousandths(self):
        self.tree.effort_points = 0.125
        types = (self.pothole + self.tree).with_user(self.handler)
        self.assertEqual([kind._get_effort() for kind in types], [1000, 125])
        self.assertEqual(types.browse()._get_effort(), 1000, "an ordinary case")

    def test_nobody_changes_or_deletes_a_version(self):
        version = self.pothole.effort_version_ids
        for user in (self.handler, self.admin, self.env.ref("base.user_root")):
            own = version.with_user(user)
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    own.write({"points": 9})
                with self.assertRaises(AccessError):
                    own.unlink()
        for user in (self.handler, self.admin):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                own.with_user(user).copy()

    def test_a_handler_sees_them_and_changes_nothing(self):
        pothole = self.pothole.with_user(self.handler)
        self.assertEqual(pothole.effort_version_ids.reason, self._first_reason())
        with self.assertRaises(AccessError):
            pothole.effort_points = 2
        with self.assertRaises(AccessError):
            pothole._set_effort_points(2, "I am overworked")

    def _first_reason(self):
        return self._versions(self.pothole)[0][1]

    def test_residents_see_the_type_without_them(self):
        for user in (self.portal, self.public):
            with self.subTest(user=user.login):
                self.pothole.with_user(user).read(["name"])
                with self.assertRaises(AccessError):
                    self.pothole.with_user(user).read(["effort_version_ids"])

    def test_the_form_shows_them(self):
        with Form(self.pothole.with_user(self.admin)) as form:
            form.effort_points = 2
        self.assertEqual(len(form.effort_version_ids), 2)

    def test_a_mistaken_type_can_still_be_deleted(self):
        versions = self.bin.effort_version_ids
        self.bin.with_user(self.admin).unlink()
        self.assertFalse(versions.exists())
