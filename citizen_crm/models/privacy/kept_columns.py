"""What the eraser leaves alone. **Whatever is not named here is blanked.**

A new table needs nothing: whatever points to a case, or hangs on its row, is found by
the fields of the models, and every text in it goes. Name a column here only if a figure
needs it, or if it is the city's own and never about a person.
"""

#: Texts that stay, by model.
KEPT = {
    "helpdesk.ticket": {"number", "sla_problem", "source_key", "source_facts"},
    # Which kinds keep "before" and "after": see TOLD_KINDS.
    "citizen.case.event": {"before", "after"},
    "citizen.assignment.entry": {"case_number", "hours", "decision", "problem"},
    "citizen.case.fact": {"case_number"},
    "citizen.case.read": {"case_number"},
    "citizen.recusal": {"case_number"},
    "citizen.sla.clock": {"problem"},
    "citizen.workload.objection": {"case_number"},
    "mail.message": {"email_layout_xmlid"},
    # Numbers that are no longer anybody's; the name is set to ERASED_PERSON.
    "citizen.citizen": {"reference"},
    "citizen.customer": {"account_number"},
    "res.partner": {"name", "complete_name"},
    "ir.model.data": {"name", "module", "model"},
}
#: Events whose "before" and "after" are the city's own words: names of stages, types,
#: teams, calendars, numbers, dates. Those of other kinds are blanked.
TOLD_KINDS = (
    "role_changed",
    "type_changed",
    "routed",
    "unrouted",
    "transferred",
    "assigned",
    "unassigned",
    "in_work",
    "waiting",
    "resumed",
    "answered",
    "closed",
    "not_handled",
    "withdrawn",
    "reopened",
    "stage_changed",
    "outcome_recorded",
    "joined",
    "separated",
    "split_from",
    "split_into",
    "calendar_changed",
    "miss_explained",
    "received_corrected",
    "review_asked",
    "review_decided",
    "field_checked",
    "settled",
    "archived",
    "restored",
)
#: Rows that are nothing without their text; they are deleted with it. Rows of wizards
#: are too, and rows that cannot be without the person (an intermediary's consent).
DELETED = {
    "discuss.voice.metadata",
    "ir.attachment",
    "mail.activity",
    "mail.followers",
    "mail.mail",
    "mail.message.link.preview",
    "mail.message.reaction",
    "mail.message.schedule",
    "mail.message.translation",
    "mail.notification",
    "mail.scheduled.message",
    "mail.tracking.value",
    "rating.rating",
    "sms.sms",
    "sms.tracker",
    "snailmail.letter",
}
#: Models that say nothing of the person: external ids, and the lists themselves.
PASSED_OVER = {"citizen.erasure.line", "ir.model.data"}
#: Stands where a text must not be empty.
ERASED = "(erased)"
#: What a contact without a person is called.
ERASED_PERSON = "Erased person"
