"""Persona × every model of the addon × operation, written out by hand."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from . import test_persona_matrix as matrix
from .common import CitizenCommon

OPERATIONS = ("read", "write", "create", "unlink")
#: The columns of the table, and who stands in each: they have the same model rights.
COLUMNS = {
    "outsider": "outsider",
    "oversight": "oversight",
    "clerk": "clerk clerk_citizen clerk_customer clerk_uncleared trusted reported",
    "handler": "handler handler_citizen",
    "lead": "lead",
    "head": "head",
    "catalogue": "catalogue",
    "privacy": "privacy",
    "portal": "petitioner colleague stranger",
    "public": "public",
}
#: Who may do what: r read, w write, c create, u unlink, "-" nothing. A right on a
#: model reaches only the records that the rules and the case let somebody see.
RIGHTS = """
                               outsider oversight clerk    handler lead   head   catalogue privacy portal public
citizen.assignment.balance     -        -         r        r       r      r      r         r       -      -
citizen.assignment.entry       -        -         r        r       r      r      r         r       -      -
citizen.assignment.outcome     -     -         -        -       rcu    rcu    rcu       -       -      -
citizen.assignment.rule        -        r         r        r       r      r      rwcu      r       -      -
citizen.assignment.simulation  -        -         -        -       rwc    rwc    rwc       -       -      -
citizen.authority              -        r         r        r       r      r      rwcu      r       -      -
citizen.authority.decline      -        -         rwc      rwc     rwc    rwc    rwc       rwc     -      -
citizen.authority.proposal     -        -         r        r       r      r      r         r       -      -
citizen.authority.report       -        r         -        -       -      r      r         -       -      -
citizen.authority.settle       -        -         rwc      rwc     rwc    rwc    rwc       rwc     -      -
citizen.authority.use          -        -         r        r       r      r      r         r       -      -
citizen.calendar.apply         -        -         -        -       -      -      rwcu      -       -      -
citizen.calendar.version       -        -         r        r       r      r      r         r       -      -
citizen.case.event             -        -         r        r       r      r      r         r       -      -
citizen.case.fact              r        r         r        r       r      r      r         r       -      -
citizen.case.fact.equity       -        r         -        -       -      r      r         -       -      -
citizen.workload.month         -        r         -        -       -      r      r         -       -      -
citizen.case.fact.question     -        r         -        -       -      r      r         -       -      -
citizen.case.fact.report       -        r         -        -       -      r      r         -       -      -
citizen.case.feedback          -        -         -        -       -      -      -         -       -      -
citizen.case.feedback.report   -        r         -        -       -      r      r         -       -      -
citizen.case.feedback.team     -        -         -        r       r      r      -         -       -      -
citizen.case.handing           -        -         rwc      rwc     rwc    rwc    rwc       rwc     -      -
citizen.case.intermediary      -        -         rwc      rwc     rwc    rwc    rwc       rwc     -      -
citizen.case.refusal           -        -         r        r       r      r      r         r       -      -
citizen.case.refusal.decline   -        -         rwc      rwc     rwc    rwc    rwc       rwc     -      -
citizen.case.refusal.request   -        -         rwc      rwc     rwc    rwc    rwc       rwc     -      -
citizen.case.reply             -        -         rwc      rwc     rwc    rwc    rwc       rwc     -      -
citizen.case.reply.return      -        -         rwc      rwc     rwc    rwc    rwc       rwc     -      -
citizen.case.report            -        r         -        -       -      r      r         -       -      -
citizen.case.split             -        -         rwc      rwc     rwc    rwc    rwc       rwc     -      -
citizen.case.split.part        -        -         rwcu     rwcu    rwcu   rwcu   rwcu      rwcu    -      -
citizen.case.token             -        -         -        -       -      -      -         -       -      -
citizen.case.contribution      -        -         r        r       r      r      r         r       -      -
citizen.case.contribution.question -    -         rwc      rwc     rwc    rwc    rwc       rwc     -      -
citizen.case.contribution.answer -      -         rwc      rwc     rwc    rwc    rwc       rwc     -      -
citizen.case.transfer          -        -         r        r       r      r      r         r       -      -
citizen.case.transfer.answer   -        -         rwc      rwc     rwc    rwc    rwc       rwc     -      -
citizen.case.transfer.proposal -        -         rwc      rwc     rwc    rwc    rwc       rwc     -      -
citizen.case.transfer.report   -        r         -        -       -      r      r         -       -      -
citizen.transfer.ground        -        r         r        r       r      r      rwcu      r       -      -
citizen.case.review            -        -         rw       rw      rw     rw     rw        rw      -      -
citizen.case.wait              -        -         rwc      rwc     rwc    rwc    rwc       rwc     -      -
citizen.citizen                -        -         rwc      rwc     rwc    rwc    rwcu      rwc     -      -
citizen.contact.arrangement    -        -         rc       rc      rc     rc     rc        rc      -      -
citizen.customer               -        -         rwc      rwc     rwc    rwc    rwcu      rwc     -      -
citizen.district               r        r         r        r       r      r      rwcu      r       r      -
citizen.duty                   -        r         r        r       r      r      rwc       r       -      -
citizen.effort.review          -        -         -        -       -      rwc    rwc       -       -      -
citizen.effort.review.line     -        -         -        -       -      r      rw        -       -      -
citizen.effort.version         -        r         r        r       r      r      r         r       -      -
citizen.evaluation             r        r         r        r       r      r      r         r       -      -
citizen.evaluation.cycle       r        r         r        r       r      r      r         r       -      -
citizen.evaluation.line        r        r         r        r       r      r      r         r       -      -
citizen.evaluation.statement   rw       rw        rw       rw      rw     rw     rw        rw      -      -
citizen.evaluation.claim       rc       rc        rc       rc      rc     rc     rc        rc      -      -
citizen.evaluation.appeal      rc       rc        rc       rc      rc     rc     rc        rc      -      -
citizen.evaluation.version     r        r         r        r       r      r      r         r       -      -
citizen.evaluation.read        r        r         r        r       r      r      r         r       -      -
citizen.failure.demand.report  -        r         -        -       -      r      r         -       -      -
citizen.field.check            -        -         rw       rw      rw     rw     rw        rw      -      -
citizen.field.check.report     -        r         -        -       -      r      r         -       -      -
citizen.field.sample           -        r         -        -       r      r      r         -       -      -
citizen.holiday                -        -         r        r       r      r      rwcu      r       -      -
citizen.holiday.calendar       -        -         r        r       r      r      rwcu      r       -      -
citizen.holiday.import         -        -         -        -       -      -      rwcu      -       -      -
citizen.holiday.import.line    -        -         -        -       -      -      rwcu      -       -      -
citizen.import.row             -        -         -        -       -      -      rcu       -       -      -
citizen.import.run             -        -         -        -       -      -      rwcu      -       -      -
citizen.import.source          -        -         r        r       r      r      rwcu      r       -      -
citizen.import.value           -        -         -        -       -      -      rwcu      -       -      -
citizen.import.wizard          -        -         -        -       -      -      rwcu      -       -      -
citizen.intake                 -        -         rwcu     -       -      -      -         -       -      -
citizen.mail.decision          -        -         rwc      rwc     rwc    rwc    rwc       rwc     -      -
citizen.matter.distinction     -        -         r        r       r      r      r         r       -      -
citizen.matter.search          -        -         r        r       r      r      r         r       -      -
citizen.matter.search.line     -        -         r        r       r      r      r         r       -      -
citizen.mail.receipt           -        -         r        r       r      r      r         r       -      -
citizen.measure                r        r         r        r       r      r      rwc       r       -      -
citizen.need                   -        -         r        r       r      r      rwcu      r       -      -
citizen.portal.form            -        -         -        -       -      -      -         -       -      -
citizen.quality.criterion      r        r         r        r       r      r      r         r       -      -
citizen.quality.review         -        -         -        -       -      -      -         -       -      -
citizen.quality.rubric         r        r         r        r       r      r      r         r       -      -
citizen.quality.sample         -        -         -        -       -      -      -         -       -      -
citizen.quality.score          -        -         -        -       -      -      -         -       -      -
citizen.portal.hit             -        -         -        -       -      -      -         -       -      -
citizen.representation         -        -         rwc      rwc     rwc    rwc    rwc       rwc     -      -
citizen.representation.withdrawal -     -         rwc      rwc     rwc    rwc    rwc       rwc     -      -
citizen.reply.template         -        -         r        r       r      rwcu   rwcu      r       -      -
citizen.skill                  -        -         r        r       r      r      rwcu      r       -      -
citizen.sla.clock              -        -         r        r       r      r      r         r       -      -
citizen.sla.explanation        -        -         rwcu     rwcu    rwcu   rwcu   rwcu      rwcu    -      -
citizen.sla.miss.reason        -        r         r        r       r      r      rwcu      r       -      -
citizen.sla.extension          -        -         r        r       r      r      r         r       -      -
citizen.sla.extension.decision -        -         rwc      rwc     rwc    rwc    rwc       rwc     -      -
citizen.sla.extension.request  -        -         rwc      rwc     rwc    rwc    rwc       rwc     -      -
citizen.sla.notice             -        -         r        r       r      r      r         r       -      -
citizen.sla.finding            -        -         -        -       -      -      rcu       -       -      -
citizen.sla.preview            -        -         -        -       -      -      rwcu      -       -      -
citizen.sla.preview.line       -        -         -        -       -      -      r         -       -      -
citizen.sla.preview.row        -        -         -        -       -      -      r         -       -      -
citizen.sla.report             -        r         -        -       r      r      r         -       -      -
citizen.case.rollup            -        r         -        -       -      r      r         -       -      -
citizen.case.rollup.place      -        r         -        -       -      r      r         -       -      -
citizen.case.rollup.type       -        r         -        -       -      r      r         -       -      -
citizen.rollup                 -        r         -        -       r      r      r         -       -      -
citizen.rollup.mark            -        -         -        -       -      -      -         -       -      -
citizen.sla.rollup             -        r         -        -       r      r      r         -       -      -
citizen.sla.rule               -        r         r        r       r      r      rwcu      r       -      -
citizen.sla.step               -        r         r        r       r      r      rwcu      r       -      -
citizen.sla.test               -        -         -        -       -      -      rwc       -       -      -
citizen.sla.target             -        r         r        r       r      r      rwcu      r       -      -
citizen.staff.pulse            r        r         r        r       r      r      r         r       -      -
citizen.staff.pulse.question   r        r         r        r       r      r      r         r       -      -
citizen.staff.pulse.result     r        r         r        r       r      r      r         r       -      -
citizen.staff.pulse.seat       -        -         -        -       -      -      -         -       -      -
citizen.staff.pulse.tally      -        -         -        -       -      -      -         -       -      -
citizen.team.member            -        -         r        r       r      r      rwcu      r       -      -
citizen.waiting.reason         -        -         r        r       r      r      rwcu      r       -      -
citizen.recusal                -        -         rwc      rwc     rwc    rwc    rwc       rwc     -      -
citizen.workload.objection     -        -         r        r       r      r      r         r       -      -
citizen.workload.objection.decision -   -         -        -       rwc    rwc    -         -       -      -
citizen.workload.objection.report -     r         -        -       -      r      r         -       -      -
citizen.workload.objection.filing -     -         rwc      rwc     rwc    rwc    rwc       rwc     -      -
helpdesk.ticket                r        r         rwc      rwc     rwc    rwc    rwcu      rwc     r      -
citizen.case.read              -        -         -        -       -      -      -         r       -      -
citizen.case.read.reason       -        -         rwc      rwc     rwc    rwc    rwc       rwc     -      -
citizen.data.export            -        -         -        -       -      -      -         rwc     -      -
citizen.data.handout           -        -         -        -       -      -      -         r       -      -
citizen.erasure                -        -         -        -       -      r      -         r       -      -
citizen.erasure.line           -        -         -        -       -      r      -         r       -      -
citizen.erasure.proof          -        -         -        -       -      r      -         r       -      -
citizen.legal.hold             -        -         -        -       -      -      -         rwc     -      -
citizen.person.erasure         -        -         -        -       -      -      -         rwc     -      -
citizen.retention.class        -        -         r        r       r      r      r         rwcu    -      -
citizen.sla.apply              -        -        -        -        -        -        rwc      -        -        -
"""  # noqa: E501  a table is read by its columns


@tagged("post_install", "-at_install")
class TestModelRights(CitizenCommon):
    """The ticket's row fails on the stock base, which knows none of these roles."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        users = cls._create_users(
            {
                f"rights_{persona}": groups
                for persona, groups in matrix.PERSONAS.items()
                if persona != "public"
            }
        )
        cls.users = {
            login.removeprefix("rights_"): user for login, user in users.items()
        }
        cls.users["public"] = cls.public
        for persona in matrix.STAFF:
            cls.users[persona].group_ids += cls.env.ref("base.group_allow_export")
        cls._create_case(partner_id=cls.ada.id)
        cls._create_citizen(cls.ben)
        cls._create_customer(cls.ben)
        header, *rows = (line.split() for line in RIGHTS.strip().splitlines())
        cls.table = {
            model: dict(zip(header, letters, strict=True)) for model, *letters in rows
        }
        cls.env.flush_all()

    def _each(self):
        """Yield ``(records as the persona, letters)`` for each cell of the table."""
        for model, row in self.table.items():
            for column, personas in COLUMNS.items():
                for persona in personas.split():
                    with self.subTest(model=model, persona=persona):
                        records = self.env[model].with_user(self.users[persona])
                        yield records, row[column]

    def test_table_is_complete(self):
        """A model or persona without a cell would be one nobody has thought of."""
        ours = {
            model._name
            for model in self.env.registry.values()
            if model._name.startswith("citizen.") and not model._abstract
        }
        self.assertEqual(set(self.table), ours | {"helpdesk.ticket"})
        named = " ".join(COLUMNS.values()).split()
        self.assertEqual(sorted(named), sorted(matrix.PERSONAS))

    def test_operations(self):
        for records, letters in self._each():
            granted = [op for op in OPERATIONS if records.has_access(op)]
            self.assertEqual(granted, [op for op in OPERATIONS if op[0] in letters])

    def test_search_count_group_and_export_follow_reading(self):
        """Whoever may not read is told nothing by any of them, and others pass."""
        self._refuse_without_names()
        for records, letters in self._each():
            for call in (
                lambda r: r.search([], limit=1, order="id"),
                lambda r: r.search_count([]),
                lambda r: r._read_group([], aggregates=["__count"]),
                lambda r: r.search_read([], ["id"], limit=1, order="id"),
                lambda r: r.name_search(limit=1),
            ):
                self._check(call, records, allowed="r" in letters)

    def test_one_record_is_as_closed_as_the_model(self):
        """Also by its id: read and export, of a record that exists where there is one.

        An export also needs the right to export, which residents never have.
        """
        samples = {
            model: self.env[model].search([], limit=1) or self.env[model].browse(1)
            for model in self.table
        }
        for records, letters in self._each():
            user = records.env.user
            exports = user.has_group("base.group_allow_export")
            self.assertEqual(exports, user._is_internal())
            if "r" in letters:
                self._check(lambda r: r.export_data(["display_name"]), records, exports)
                continue
            sample = samples[records._name].with_env(records.env)
            sample.invalidate_recordset()
            self._check(lambda r: r.read(["display_name"]), sample, allowed=False)
            self._check(
                lambda r: r.export_data(["display_name"]), sample, allowed=False
            )

    def _refuse_without_names(self):
        """A refusal names the groups that may; that costs more than to refuse."""
        Access = self.registry["ir.model.access"]
        self.patch(Access, "group_names_with_access", lambda *_args: [])

    def _check(self, call, records, allowed):
        if allowed:
            call(records)
            return
        refusal = AccessError if records.env.user._is_internal() else UserError
        try:
            # It only reads: no savepoint is needed, which `assertRaises` would make.
            call(records)
        except refusal:
            return
        self.fail("It went through.")
