from odoo import models
from odoo.tools import SQL, frozendict

from ...tools.duty_ledger import Candidate
from ..case.rows import read_values

NOBODY = frozendict()


class HelpdeskTicket(models.Model):
    """Who may be given which of some waiting cases, apart from duty and cap."""

    _inherit = "helpdesk.ticket"

    def _get_exclusions(self, members, rule, uncleared):
        """Return dict ``case id -> {employee id: exclusion}``; each the first reason.

        :param members: memberships of employees with a login
        :param uncleared: what ``_get_uncleared`` says of these cases
        """
        exclusions = {case.id: {} for case in self}
        for found in (
            self._get_unskilled(members, rule),
            uncleared,
            self._get_recused(members),
        ):
            for case_id, excluded in found.items():
                exclusions[case_id] = {**excluded, **exclusions[case_id]}
        return exclusions

    def _get_unskilled(self, members, rule):
        """Return whom a case asks for a skill or language they do not have."""
        spoken = {m: self._get_spoken(m) for m in members}
        anybody = set().union(*spoken.values())
        skills = {m: set(m.skill_ids.ids) for m in members}
        asked = {
            category.id: (
                frozenset(category.language_ids.mapped("code")),
                set(category.skill_ids.ids),
            )
            for category in self.category_id
        }
        asked[0] = frozenset(), set()
        own = self._get_own_languages() if rule.match_language else [False] * len(self)
        known, found = {}, {}
        rows = zip(self.ids, read_values(self, "category_id"), own, strict=True)
        for case_id, category_id, lang in rows:
            languages, needed = asked[category_id]
            wanted = languages | {lang} if lang in anybody else languages
            key = category_id, wanted
            if key not in known:
                known[key] = {
                    m.employee_id.id: "skill" if needed - skills[m] else "language"
                    for m in members
                    if needed - skills[m] or wanted - spoken[m]
                }
            found[case_id] = known[key]
        return found

    def _get_own_languages(self):
        """Return the language of each case's person, False where it is not known."""
        langs = {partner.id: partner.lang for partner in self.partner_id}
        return [langs.get(key, False) for key in read_values(self, "partner_id")]

    def _get_spoken(self, member):
        """Return the codes of the languages in which a member answers."""
        own = self.env.company.partner_id.lang or "en_US"
        return {own, *member.language_ids.mapped("code")}

    def _get_uncleared(self, members, among=None):
        """Return who may not see a case, by the rules of access themselves.

        :param among: a domain that holds for all these cases, if the database finds
            them by it faster than one by one
        :return: dict as of ``_get_exclusions``, without cases that all may see
        """
        found, every = {}, set(self.ids)
        for member in members:
            cases = self._as_seen_by(member.user_id)
            readable = cases._search(among or [("id", "in", self.ids)])
            # As one value: thousands of rows take longer to send than to find.
            query = readable.select(
                SQL("array_agg(%s.id)", SQL.identifier(self._table))
            )
            [(case_ids,)] = self.env.execute_query(query)
            for case_id in every.difference(case_ids or ()):
                found.setdefault(case_id, {})[member.employee_id.id] = "clearance"
        return found

    def _get_recused(self, members):
        """Return who must not handle a case: their own, or one about them."""
        by_partner, by_unit = {}, {}
        for member in members:
            employee = member.employee_id
            by_partner.setdefault(member.user_id.partner_id.id, set()).add(employee.id)
            by_unit.setdefault(employee.department_id.id, set()).add(employee.id)
        everybody = set(members.employee_id.ids)
        found = {}
        reported = self.filtered("reported_employee_ids")
        people = {
            case.id: everybody & set(case.reported_employee_ids.ids)
            for case in reported
        }
        columns = ("partner_id", "reported_department_id")
        rows = zip(
            self.ids, *(read_values(self, name) for name in columns), strict=True
        )
        for case_id, partner_id, unit_id in rows:
            recused = set(people.get(case_id, ()))
            recused |= by_partner.get(partner_id, set())
            if unit_id:
                recused |= by_unit.get(unit_id, set())
            found[case_id] = dict.fromkeys(recused, "recused")
        return found


def to_candidates(members, book, duty, cap, excluded=NOBODY):
    """Return the team's members as ``Candidate``, with what holds for every case.

    :param book: ``Book`` of the team; balances and open work are read from it
    :param duty: dict ``employee id -> Duty``
    :param cap: thousandths of open effort for a full-time employee, 0 for none
    :param excluded: dict ``employee id -> exclusion`` of a case
    """
    candidates = []
    balances, last_second = book.ledger.balances, book.last_second
    for member_id, full_time in members.items():
        exclusion = duty[member_id].exclusion or excluded.get(member_id, "")
        if not exclusion and cap:
            is_full = book.open.get(member_id, 0) * 1000 >= cap * full_time
            exclusion = "cap" if is_full else ""
        candidates.append(
            Candidate(
                member_id,
                balances.get(member_id, 0),
                full_time,
                last_second.get(member_id, 0),
                exclusion,
            )
        )
    return candidates
