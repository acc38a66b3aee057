"""From 19.0.5.0.0: cycles name the rubric by which their cases are reviewed."""


def migrate(cr, version):
    """Leave it empty in cycles that are there: nobody was told of a review in them.

    The default would look for a rubric before there is a table of rubrics.
    """
    if not version:
        return
    cr.execute(
        "ALTER TABLE citizen_evaluation_cycle ADD COLUMN IF NOT EXISTS rubric_id int4"
    )
