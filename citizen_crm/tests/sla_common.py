from .common import CitizenCommon

#: Monday to Friday, 8 to 12 and 13 to 17 o'clock.
OFFICE_DAY = ((8, 12), (13, 17))


class SlaCommon(CitizenCommon):
    """An office calendar in UTC, and rules made in one line."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.office = cls._create_calendar("Office")
        (cls.roads + cls.parks).resource_calendar_id = cls.office
        cls.company.resource_calendar_id = cls.office
        cls.admin = cls._create_user(
            "sla_admin",
            "citizen_crm.group_catalogue_admin",
        )
        cls.lead = cls._create_user(
            "lead",
            "citizen_crm.group_team_lead,citizen_crm.group_clearance_citizen,"
            "citizen_crm.group_clearance_customer",
        )
        cls.roads.user_id = cls.lead
        cls.supplement = cls.env.ref("citizen_crm.waiting_reason_supplement")
        cls.third_party = cls.env.ref("citizen_crm.waiting_reason_third_party")

    @classmethod
    def _create_calendar(cls, name, days=range(5), hours=OFFICE_DAY, tz="UTC"):
        return cls.env["resource.calendar"].create(
            {
                "name": name,
                "tz": tz,
                "company_id": cls.company.id,
                "attendance_ids": [
                    (5, 0, 0),
                    *(
                        (
                            0,
                            0,
                            {
                                "name": name,
                                "dayofweek": str(day),
                                "hour_from": begin,
                                "hour_to": end,
                                "day_period": "morning" if begin < 12 else "afternoon",
                            },
                        )
                        for day in days
                        for begin, end in hours
                    ),
                ],
            }
        )

    @classmethod
    def _create_rule(cls, *targets, activate=True, **values):
        """Create a rule, in force since long ago unless told otherwise.

        :param targets: dicts of a target's values
        """
        rule = cls.env["citizen.sla.rule"].create(
            {
                "name": "Answers",
                "valid_from": "2020-01-01 00:00:00",
                "target_ids": [(0, 0, target) for target in targets],
                **values,
            }
        )
        if activate:
            rule.action_activate()
        return rule

    @classmethod
    def _clock(cls, case, kind="resolve", **values):
        """Return the last clock of a kind."""
        clocks = case.sudo().clock_ids.filtered(
            lambda clock: (
                clock.kind == kind
                and all(clock[name] == value for name, value in values.items())
            )
        )
        return clocks.sorted("number")[-1:]
