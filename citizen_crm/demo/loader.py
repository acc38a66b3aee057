"""Load the demo city; called by ``citizen.demo.city._load`` from the demo XML."""

from datetime import date, datetime
from functools import cache
from random import Random

from passlib.hash import pbkdf2_sha512

from odoo import fields

from .aftercare import load_aftercare
from .authorities import load_authorities
from .cases import load_cases
from .clock import CITY_TZ, OfficeClock
from .content import read_personas
from .evaluations import load_evaluations
from .fair_work import load_fair_work
from .holidays import closed_days, load_holidays
from .matters import load_matters
from .past import load_past
from .people import load_organisations, load_residents
from .privacy import load_privacy
from .promises import load_promises
from .quality import load_quality
from .records import Records
from .refusals import load_arrangement, load_refusals
from .replies import load_replies
from .representations import load_representations
from .staff import load_staff
from .staff_pulse import load_staff_pulse
from .stock import put_away_stock_demo
from .talks import load_activities, load_messages
from .transfers import load_transfers
from .without_account import load_without_account

SEED = 20260501


class DemoCity:
    """What every part of the loader shares: records, clock and dice."""

    def __init__(self, env) -> None:
        self.env = env(
            su=True,
            context={
                **env.context,
                "lang": "en_US",
                "tz": CITY_TZ,
                "tracking_disable": True,
                "mail_create_nolog": True,
                "mail_create_nosubscribe": True,
                "no_reset_password": True,
            },
        )
        self.records = Records(self.env)
        self.rng = Random(SEED)
        self.utcnow: datetime = fields.Datetime.now()
        self.company = self.env.ref("base.main_company")
        self.clock = OfficeClock.from_utc(self.utcnow, ())
        self.today: date = self.clock.now.date()
        self.clock = OfficeClock(self.clock.now, closed_days(self.today))
        self.passwords = {row["login"]: row["password"] for row in read_personas()}
        self.service = cache(self._service)
        self.district = cache(self._district)
        self.team_code = cache(self._team_code)
        self._phones = {False: 1100, True: 100}

    def load(self) -> None:
        """Fill the city: staff, promises, people, cases and what came of them."""
        put_away_stock_demo(self.env)
        load_holidays(self)
        load_staff(self)
        load_promises(self)
        people = load_residents(self) + load_organisations(self)
        load_past(self, people)
        plans = load_cases(self, people)
        load_messages(self, plans)
        load_activities(self, plans)
        load_fair_work(self, plans)
        load_refusals(self, plans)
        load_arrangement(self, plans)
        load_replies(self, plans)
        load_without_account(self)
        load_aftercare(self, plans)
        load_privacy(self)
        # Else the public pages would say nothing until the next night.
        self.env["helpdesk.ticket.category"]._cron_measure_pace()
        load_transfers(self, plans)
        load_matters(self)
        load_authorities(self, plans)
        load_representations(self, plans)
        # What is counted of the cases, as the nightly job would write it.
        self.env["citizen.case.fact"]._catch_up()
        self.env["citizen.workload.month"]._measure_months()
        load_evaluations(self)
        load_staff_pulse(self)
        load_quality(self)
        self.env["citizen.rollup"]._refresh(batch=None)

    def phone(self, *, mobile: bool = False) -> str:
        """Return the next number out of the ranges kept free for fiction."""
        self._phones[mobile] += 1
        number = self._phones[mobile] % 1000
        return f"07700 900{number:03d}" if mobile else f"01632 960{number:03d}"

    def set_passwords(self, users) -> None:
        """Give the personas among these users their password, others none.

        The passwords are public, so a cheap hash will do: the usual one takes half
        a second each.
        """
        cheap = pbkdf2_sha512.using(rounds=10_000)
        for user in users:
            if password := self.passwords.get(user.login):
                user._set_encrypted_password(user.id, cheap.hash(password))

    def _service(self, code: str):
        name = code.lower().replace("-", "_")
        return self.records.ref(f"service_{name}")

    def _district(self, code: str):
        return self.records.ref(f"district_{code.lower()}")

    def _team_code(self, team) -> str:
        name = team.get_external_id()[team.id]
        return name.removeprefix("citizen_crm.team_").removesuffix("_demo")
