"""Who of the city's people can be told about which of some cases."""

from ...tools.sla_ladder import choose_people


class Audience:
    """Finds who is told; each user is asked once for all cases of a batch.

    :param cases: the batch, with the rights of the superuser
    """

    def __init__(self, cases):
        self.cases = cases
        self.users = cases.env["res.users"]
        self._readable = {}
        self._groups = {}

    def find(self, case, first):
        """Return ``(role, users)``: the first who may be told, from a role up."""
        role, user_ids = choose_people(
            self._get_ladder(case),
            first,
            lambda role, user_id: self._may_be_told(case, role, user_id),
        )
        return role, self.users.browse(user_ids)

    def _get_ladder(self, case):
        """Return role and users from the bottom up; triage belongs to intake."""
        lead = case.team_id.user_id
        ladder = [
            ("handler", case.user_id.ids),
            ("lead", lead.ids if case.team_id else self.get_group("intake_clerk").ids),
        ]
        heads = [
            ("head", department.manager_id.user_id.ids)
            for department in case.department_id._get_chain()
        ]
        return [*ladder, *heads, ("oversight", self.get_group("oversight").ids)]

    def get_group(self, name):
        """Return the active users of one of our groups."""
        if name not in self._groups:
            group = self.users.env.ref(f"citizen_crm.group_{name}")
            self._groups[name] = self.users.search(
                [("all_group_ids", "in", group.ids), ("share", "=", False)]
            )
        return self._groups[name]

    def _may_be_told(self, case, role, user_id):
        """Tell whether somebody may know what the role is told.

        Oversight reads no case; it gets figures, and none of confidential cases.
        """
        if role == "oversight":
            return not case.confidential
        return case.id in self.get_readable(self.users.browse(user_id))

    def get_readable(self, user):
        """Return the ids of the cases that a user may read; none for who has left."""
        if user.id not in self._readable:
            works = user.active and not user.share
            cases = self.cases if works else self.cases.browse()
            readable = cases._as_seen_by(user)._filtered_access("read")
            self._readable[user.id] = set(readable.ids)
        return self._readable[user.id]
