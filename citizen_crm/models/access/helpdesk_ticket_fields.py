from odoo import models

#: Fields of the case that are none of a resident's business: how the city works on
#: it, and which other cases there are (the name of a linked case is its title).
STAFF_FIELDS = frozenset(
    {
        "access_token",
        "assigned_date",
        "can_ask_why",
        "clock_ids",
        "contribution_count",
        "contribution_id",
        "contribution_ids",
        "contribution_question",
        "cover_since",
        "can_settle",
        "color",
        "confirm_until",
        "due_badge",
        "due_column",
        "due_is_given",
        "due_is_ruled",
        "due_soon_date",
        "due_state",
        "duplicate_count",
        "duplicate_id",
        "duplicate_ids",
        "duty_summary",
        "duration_tracking",
        "event_count",
        "erased_date",
        "event_ids",
        "contact_arrangement_id",
        "contact_terms",
        "extension_count",
        "extension_ids",
        "has_duties_missing",
        "field_check_count",
        "field_check_ids",
        "is_answer_owed",
        "is_late",
        "is_lent",
        "is_reply_owed",
        "is_represented",
        "is_rotting",
        "is_shared_by_ledger",
        "kanban_state",
        "last_stage_update",
        "archive_from",
        "kept_until",
        "letter_file_ids",
        "matter_count",
        "matter_ids",
        "may_answer_transfer",
        "may_ask_contribution",
        "may_decide_transfer",
        "may_handle",
        "may_object",
        "may_reroute",
        "may_transfer",
        "may_withdraw_transfer",
        "need_instructions",
        "number_copy",
        "person_case_count",
        "properties",
        "proposed_user_id",
        "queue_alerted_date",
        "queued_date",
        "refusal_count",
        "refusal_ids",
        "refusal_mine",
        "refusal_pending_id",
        "reply_count",
        "reply_ids",
        "representatives",
        "read_reason_needed",
        "review_count",
        "review_ids",
        "rotting_days",
        "sequence",
        "settlement_count",
        "settlement_ids",
        "settlement_mine",
        "settlement_pending_id",
        "sla_problem",
        "split_from_id",
        "split_ids",
        "split_note",
        "source_facts",
        "source_id",
        "source_key",
        "story_ids",
        "tag_ids",
        "transfer_count",
        "transfer_id",
        "transfer_ids",
        "transfer_state",
        "unattended",
        "user_id",
        "user_ids",
        "waiting_reason_id",
        "waiting_remind_at",
    }
)


class HelpdeskTicket(models.Model):
    """Residents read their own case, but not how the city works on it.

    The base lets a portal user ask for every field of the own case, and search and
    sort by it. A rule by user rather than ``groups`` on the fields: the desk's views
    are not for residents, but Odoo checks them as if they were.
    """

    _inherit = "helpdesk.ticket"

    def _has_field_access(self, field, operation):
        if not self.env.su and field.name in STAFF_FIELDS and self.env.user.share:
            return False
        return super()._has_field_access(field, operation)
