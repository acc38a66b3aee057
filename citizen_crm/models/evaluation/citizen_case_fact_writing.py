from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ...tools.custody import (
    PROMISES,
    Entry,
    Promise,
    Rules,
    Story,
    read_custody,
    read_story,
)
from ...tools.working_time import WorkingTimeError
from ..sla.instants import to_moment

HOUR = 3600
#: Settings, in percent: from when on a case counts personally.
HELD_PARAMETER, HELD_PERCENT = "citizen_crm.evaluation_held_percent", 50
LEFT_PARAMETER, LEFT_PERCENT = "citizen_crm.evaluation_left_percent", 25
#: What the statement of ``_insert`` fills, in this order.
COLUMNS = (
    "case_id",
    "number",
    "case_number",
    "company_id",
    "handler_id",
    "team_id",
    "department_id",
    "category_id",
    "priority",
    "channel_id",
    "district_id",
    "language_id",
    "began_at",
    "ended_at",
    "ended_by",
    "closed_on",
    "worked_hours",
    "waited_hours",
    "held_share",
    "left_at_start",
    "left_at_end",
    "has_deadline",
    "is_reclassified",
    "late_first_reply",
    "late_resolution",
    "counts_personally",
    "is_settled",
)
STAMP = ("create_uid", "create_date", "write_uid", "write_date")
#: Confidential cases are too few to compare anybody by, and joined ones are answered
#: with their lead case. Of where and in which language only what is coarse is kept: the
#: largest district, and one of the few languages in which the city writes.
CASES = """
    SELECT ticket.id, ticket.number, ticket.company_id, ticket.category_id,
           ticket.priority, ticket.channel_id,
           nullif(split_part(district.parent_path, '/', 1), '')::integer, lang.id
      FROM helpdesk_ticket AS ticket
 LEFT JOIN citizen_district AS district ON district.id = ticket.district_id
 LEFT JOIN res_partner AS partner ON partner.id = ticket.partner_id
 LEFT JOIN res_lang AS lang ON lang.code = partner.lang
     WHERE ticket.id = ANY(%s) AND ticket.confidential IS NOT TRUE
       AND ticket.duplicate_id IS NULL
"""
LOGS = """
    SELECT case_id, extract(epoch FROM at)::bigint, kind, coalesce(assignee_id, 0),
           coalesce(team_id, 0), coalesce(calendar_version_id, 0),
           coalesce(category_id, 0), coalesce(priority, ''), coalesce(channel_id, 0)
      FROM citizen_case_event
     WHERE case_id = ANY(%s)
  ORDER BY case_id, at, id
"""
CLOCKS = """
    SELECT case_id, kind, state, extract(epoch FROM start)::bigint,
           extract(epoch FROM due)::bigint, extract(epoch FROM stop)::bigint,
           coalesce(calendar_version_id, 0)
      FROM citizen_sla_clock
     WHERE case_id = ANY(%s) AND kind = ANY(%s) AND start IS NOT NULL
       AND due IS NOT NULL
"""
#: Of the employees of a login the one of the company of the case comes first.
EMPLOYEES = """
    SELECT employee.user_id, employee.company_id, employee.id, employee.resource_id
      FROM hr_employee AS employee
     WHERE employee.user_id = ANY(%s)
  ORDER BY employee.id DESC
"""
LEAVES = """
    SELECT resource_id, extract(epoch FROM date_from)::bigint,
           extract(epoch FROM date_to)::bigint + 1
      FROM resource_calendar_leaves
     WHERE resource_id = ANY(%s) AND time_type = 'leave' AND date_to > %s
"""


class CitizenCaseFact(models.Model):
    """Writing facts: history and clocks of a batch of cases are read with one statement
    each, what they say is decided by ``tools.custody``, and one statement inserts it.

    A row that is there stays as it is, so writing again changes nothing.
    """

    _inherit = "citizen.case.fact"

    @api.model
    def _write_facts(self, case_ids):
        """Write the facts of cases that have ended; those that are there stay.

        :param case_ids: ids of cases, open ones among them or not
        :return: the number of rows written
        """
        return self._insert(self._read_rows(case_ids))

    @api.model
    def _read_rows(self, case_ids, until=None):
        """Return the rows of cases as their history has them, in order of ``COLUMNS``.

        :param until: instant; look at nothing after it, and return only what is open
            there, as if it ended
        """
        self._flush_sources()
        cases = self._fetch_by_id(SQL(CASES, list(case_ids)))
        logs = self._fetch_lists(SQL(LOGS, list(cases)), Entry)
        stories = {case: read_story(log, until) for case, log in logs.items()}
        if until is not None:
            stories = {case: _keep_open(story) for case, story in stories.items()}
        stories = {
            case: story
            for case, story in stories.items()
            if story.ends and story.spells
        }
        if not stories:
            return []
        clocks = self._fetch_lists(SQL(CLOCKS, list(stories), list(PROMISES)), Promise)
        people = self._get_people(stories)
        rows = []
        for case_id, story in stories.items():
            for custody in self._read_case(story, clocks.get(case_id, ()), people):
                row = self._prepare(case_id, cases[case_id], custody, story, people)
                rows += [row] if row else []
        return rows

    @api.model
    def _flush_sources(self):
        for model in (
            "helpdesk.ticket",
            "citizen.case.event",
            "citizen.district",
            "citizen.sla.clock",
            "hr.employee",
            "res.partner",
            "resource.calendar.leaves",
        ):
            self.env[model].flush_model()

    @api.model
    def _fetch_by_id(self, query):
        return {key: row for key, *row in self.env.execute_query(query)}

    @api.model
    def _fetch_lists(self, query, kind):
        """Return rows as ``kind``, in lists by their first column."""
        found = defaultdict(list)
        for key, *row in self.env.execute_query(query):
            found[key].append(kind(*row))
        return found

    # ----------------------------------------------------------------- sources
    @api.model
    def _get_people(self, stories):
        """Return the employees of all who had these cases, and their leave."""
        spells = [spell for story in stories.values() for spell in story.spells]
        users = {spell.holder for spell in spells}
        since = to_moment(min(spell.begin for spell in spells))
        rows = self.env.execute_query(SQL(EMPLOYEES, list(users)))
        resources = [row[3] for row in rows]
        people = _People(self._get_rules())
        leaves = self.env.execute_query(SQL(LEAVES, resources, since))
        by_resource = defaultdict(list)
        for resource, start, end in leaves:
            by_resource[resource].append((start, end))
        for user, company, employee, resource in rows:
            people.employees[user, company] = people.employees[user, 0] = employee
            people.leaves[user] = by_resource.get(resource, ())
        people.departments = dict(
            self.env.execute_query(
                SQL("SELECT id, department_id FROM helpdesk_ticket_team")
            )
        )
        return people

    @api.model
    def _get_rules(self):
        """Return from when on a case counts personally."""
        read = self.env["ir.config_parameter"].sudo().get_param
        return Rules(
            float(read(HELD_PARAMETER, HELD_PERCENT)) / 100,
            float(read(LEFT_PARAMETER, LEFT_PERCENT)) / 100,
        )

    @api.model
    def _read_case(self, story, promises, people):
        return read_custody(
            story,
            promises,
            lambda version, at: self._find_table(people.tables, version, at),
            people.leaves,
            people.rules,
        )

    @api.model
    def _find_table(self, tables, version, at):
        """Return the timetable of a calendar version from an instant on, or None."""
        # A day earlier: the year begins by the clock of the calendar.
        key = version, to_moment(at - 24 * HOUR).year
        if key not in tables:
            try:
                tables[key] = self.env["helpdesk.ticket"]._get_table_in_hand(*key)
            except WorkingTimeError:
                tables[key] = None
        return tables[key]

    # ----------------------------------------------------------------- writing
    @api.model
    def _prepare(self, case_id, case, custody, story, people):
        """Return the row of a spell, ``None`` where its handler is no employee."""
        spell, triage = custody.spell, custody.spell.triage
        number, company, category, priority, channel, district, language = case
        employee = people.find(spell.holder, company)
        if not employee:
            return None
        first = triage.type or category, triage.priority or priority
        left = custody.left_at_start
        return (
            *(case_id, spell.number, number, company, employee),
            *(spell.team or None, people.departments.get(spell.team)),
            *(first[0], first[1], triage.channel or channel),
            *(district, language),
            *(to_moment(spell.begin), to_moment(spell.end), spell.ended_by),
            to_moment(story.ends[spell.round]),
            *(custody.worked / HOUR, custody.waited / HOUR, custody.held),
            *(left, custody.left_at_end, left is not None),
            first != (category, priority),
            *(_say(custody.late_first_reply), _say(custody.late_resolution)),
            custody.is_personal,
            spell.ended_by not in ("closed", "not_handled"),
        )

    @api.model
    def _insert(self, rows):
        """Insert the rows that are not there; return how many that were."""
        if not rows:
            return 0
        stamp = self.env.uid, self.env.cr.now(), self.env.uid, self.env.cr.now()
        written = self.env.cr.execute_values(
            f"INSERT INTO {self._table} ({', '.join((*COLUMNS, *STAMP))}) VALUES %s"  # noqa: S608
            " ON CONFLICT (case_id, number) DO NOTHING RETURNING id",
            [(*row, *stamp) for row in rows],
            page_size=1000,
            fetch=True,
        )
        self.invalidate_model(flush=False)
        return len(written)


class _People:
    """What is known of those who had a batch of cases."""

    def __init__(self, rules):
        self.rules = rules
        self.employees, self.leaves = {}, {}
        self.departments, self.tables = {}, {}

    def find(self, user, company):
        """Return the employee of a login, the one in the company if there is one."""
        return self.employees.get((user, company)) or self.employees.get((user, 0))


def _keep_open(story):
    """Let the round that is open end where the history does, and forget the others."""
    spell = story.spells[-1] if story.spells else None
    if not spell or spell.ended_by:
        return Story()
    ends = {spell.round: spell.end}
    spells = [part for part in story.spells if part.round == spell.round]
    return Story(spells, story.waits, ends)


def _say(value):
    return None if value is None else "yes" if value else "no"
