"""Persona × state × operation of an evaluation, written out by hand."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .cycle_common import PERSONAS, CycleCommon

#: Who may do what in which state: e employee, b colleague, m manager, s data steward,
#: c coordinator, r reviewer of the appeal, a auditor, h manager of the helpdesk,
#: o other employee; "-" nobody.
TABLE = """
               planned collecting data_check claims self manager shared published appealed closed
see            emca    emca       emca       emsca  emca emca   emca   emca      emrca    emrca
figures        -       e          e          e      e    em      emc    emca      emrca    emrca
claims         -       -          -          es     es   ems     emsc   emsca     emsrca   emsrca
statements     -       -          -          -      -    em      emc    emca      emrca    emrca
sealed         -       -          -          -      -    -       -      emca      emrca    emrca
file           -       e          e          -      -    -       -      -         -        -
confirm        -       -          e          -      -    -       -      -         -        -
decide         -       -          -          s      -    -       -      -         -        -
assess         -       -          -          -      e    -       -      -         -        -
explain        -       -          -          -      -    m       m      -         -        -
conclude       -       -          -          -      -    m       -      -         -        -
revise         -       -          -          -      -    -       m      -         -        -
comment        -       -          -          -      -    -       e      -         -        -
finish         -       -          -          -      -    -       em     -         -        -
publish        -       -          -          -      -    -       c      -         -        -
receive        -       -          -          -      -    -       -      e         e        e
appeal         -       -          -          -      -    -       -      e         -        -
name_reviewer  -       -          -          -      -    -       -      -         c        -
decide_appeal  -       -          -          -      -    -       -      -         r        -
cancel         c       c          c          c      c    c       c      -         -        -
set_manager    c       c          c          -      -    -       -      -         -        -
write_state    -       -          -          -      -    -       -      -         -        -
delete         -       -          -          -      -    -       -      -         -        -
"""  # noqa: E501  a table is read by its columns
#: States in which those are tried, too, who have no part in it.
STRANGE = ("collecting", "data_check", "shared", "published")
QUIET = "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model"


class Undone(Exception):
    """What was tried went through, and is taken back."""


@tagged("post_install", "-at_install")
class TestEvaluationMatrix(CycleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        header, *rows = (line.split() for line in TABLE.strip().splitlines())
        cls.table = {
            (operation, state): "" if letters == "-" else letters
            for operation, *cells in rows
            for state, letters in zip(header, cells, strict=True)
        }
        cls.states = header
        cls.operations = [operation for operation, *_cells in rows]

    # -------------------------------------------------------------- operations
    def _need(self, found):
        if not found:
            raise AccessError(repr(found))

    def _do_see(self, one, user):
        one.read(["employee_name", "state", "deadline"])

    def _do_figures(self, one, user):
        line = self._get_line().with_user(user)
        self._need(line.read(["figures", "sentence"])[0]["figures"])

    def _do_claims(self, one, user):
        self._need(self._search("claim", user).mapped("text"))

    def _do_statements(self, one, user):
        self._need(self._search("statement", user).mapped("text"))

    def _do_sealed(self, one, user):
        self._need(self._search("version", user).mapped("content_text"))

    def _search(self, part, user):
        found = self.env[f"citizen.evaluation.{part}"].with_user(user)
        return found.search([("evaluation_id", "=", self.evaluation.id)])

    def _do_file(self, one, user):
        fact = self._facts(late_resolution="yes")[-1:]
        self.env["citizen.evaluation.claim"].with_user(user).create(
            {"fact_id": fact.id, "kind": "wrong", "text": "It was not late"}
        )

    def _do_confirm(self, one, user):
        one.action_confirm_data()

    def _do_decide(self, one, user):
        claim = self.evaluation.claim_ids[:1].with_user(user)
        self._need(claim)
        claim.decision = "So it is"
        claim.action_accept()

    def _say(self, one, user, kind):
        action = one.action_write()
        draft = self.env[action["res_model"]].with_user(user).browse(action["res_id"])
        if draft.kind != kind:
            raise UserError(draft.kind)
        draft.text = "So it is"
        draft.action_submit()

    def _do_assess(self, one, user):
        self._say(one, user, "self")

    def _do_conclude(self, one, user):
        self._say(one, user, "conclusion")

    def _do_revise(self, one, user):
        self._say(one, user, "revision")

    def _do_comment(self, one, user):
        self._say(one, user, "comment")

    def _do_explain(self, one, user):
        self._get_line().with_user(user).write({"explanation": "A storm"})

    def _do_finish(self, one, user):
        one.action_finish()

    def _do_publish(self, one, user):
        # As if both had said that they are done.
        self.evaluation.write({"employee_done": True, "manager_done": True})
        one.action_publish()

    def _do_receive(self, one, user):
        one.action_confirm_receipt()

    def _do_appeal(self, one, user):
        self.env["citizen.evaluation.appeal"].with_user(user).create(
            {"evaluation_id": one.id, "text": "It is not fair"}
        )

    def _do_name_reviewer(self, one, user):
        self._need(self.evaluation.appeal_ids)
        appeal = self.evaluation.appeal_ids.with_user(user)
        appeal.reviewer_id = self.users["r"]

    def _do_decide_appeal(self, one, user):
        appeal = self.evaluation.appeal_ids.with_user(user)
        self._need(appeal)
        appeal.reasons = "Looked at all of it"
        appeal.action_uphold()

    def _do_cancel(self, one, user):
        one.action_cancel()

    def _do_set_manager(self, one, user):
        one.manager_id = self.users["m"]

    def _do_write_state(self, one, user):
        one.write({"state": "closed"})

    def _do_delete(self, one, user):
        one.unlink()

    # ------------------------------------------------------------------- table
    def _goes_through(self, operation, letter):
        """Tell whether somebody can do something now; it is taken back."""
        user = self.users[letter]
        try:
            with self.env.cr.savepoint():
                getattr(self, f"_do_{operation}")(self._as(letter), user)
                self.env.flush_all()
                raise Undone
        except Undone:
            return True
        except UserError:
            return False
        finally:
            self.env.invalidate_all(flush=False)

    @mute_logger(*QUIET)
    def test_who_may_do_what_when(self):
        for state in self.states:
            self._bring_to(state)
            if state == "manager":
                self._explain()
            self.env.flush_all()
            for operation in self.operations:
                may = "".join(
                    letter
                    for letter in self._get_tried(operation, state)
                    if self._goes_through(operation, letter)
                )
                with self.subTest(state=state, operation=operation):
                    self.assertEqual(sorted(may), sorted(self.table[operation, state]))

    def _get_tried(self, operation, state):
        """Return who tries: all where it is open to anybody, else those of its time."""
        if self.table[operation, state]:
            return "emscra" + "bho" * (state in STRANGE)
        return self._get_entitled(operation) or "emc"

    def _get_entitled(self, operation):
        """Return who may do it in any state."""
        cells = (self.table[operation, state] for state in self.states)
        return "".join(sorted(set("".join(cells))))

    def test_table_names_every_persona(self):
        named = set("".join(self.table.values()))
        self.assertEqual(named | set("bho"), set(PERSONAS))

    @mute_logger(*QUIET)
    def test_cancelled_evaluation_is_the_employees_alone(self):
        self._bring_to("manager")
        self._as("c").action_cancel()
        for letter in PERSONAS:
            with self.subTest(persona=letter):
                self.assertEqual(self._goes_through("figures", letter), letter == "e")
        for operation in self.operations[5:]:
            for letter in self._get_entitled(operation):
                with self.subTest(persona=letter, operation=operation):
                    self.assertFalse(self._goes_through(operation, letter))
