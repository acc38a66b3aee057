"""From 19.0.6.0.0: no index stands beside another that begins with the same column."""

REDUNDANT = (
    "citizen_assignment_entry__employee_id_index",
    "citizen_case_event__case_id_index",
    "citizen_case_read__case_id_index",
    "citizen_sla_clock__case_id_index",
    "citizen_sla_notice__clock_id_index",
)


def migrate(cr, version):
    """Drop the shorter ones, which every append had to keep up; the base keeps them."""
    if not version:
        return
    for name in REDUNDANT:
        cr.execute(f'DROP INDEX IF EXISTS "{name}"')
