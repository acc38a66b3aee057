import doctest
import re
from collections import Counter
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random

from lxml import etree

from odoo.tests.common import BaseCase
from odoo.tools.safe_eval import safe_eval

from ..demo import clock, content, holidays, life, records, writing
from ..demo.cases import CHANNELS
from ..tools.calendar_definition import parse_hours
from ..tools.case_events import PHASES

ADDON = Path(__file__).parents[1]
QUESTION_TYPES = {"boolean", "char", "date", "integer", "selection", "tags", "text"}
#: Numbers that no exchange ever assigns.
FICTIONAL_PHONE = re.compile(r"^(01632 960|07700 900)\d{3}$")


@cache
def xml_records(folder: str = "demo") -> dict[str, etree._Element]:
    """Return the records of the XML files in a folder by their xmlid."""
    found = {}
    for path in sorted((ADDON / folder).glob("*.xml")):
        for record in etree.parse(path).iter("record"):
            found[record.get("id")] = record
    return found


def value(record: etree._Element, name: str) -> str | None:
    """Return text, ref or eval of a field."""
    field = record.find(f"field[@name='{name}']")
    if field is None:
        return None
    return field.get("ref") or field.get("eval") or (field.text or "").strip()


def of_model(model: str) -> dict[str, etree._Element]:
    return {k: r for k, r in xml_records().items() if r.get("model") == model}


@cache
def services() -> dict[str, etree._Element]:
    """Return the service types by code."""
    categories = of_model("helpdesk.ticket.category").values()
    return {value(r, "code"): r for r in categories if value(r, "is_service") == "True"}


@cache
def questions(code: str) -> tuple[dict, ...]:
    definition = value(services()[code], "question_definition")
    return tuple(safe_eval(definition)) if definition else ()


class TestDemoStaff(BaseCase):
    """Employees, teams and personas refer to what exists."""

    def setUp(self):
        super().setUp()
        self.employees = content.read_rows("employees")

    def test_sixty_employees_in_departments_of_the_city(self):
        self.assertEqual(len(self.employees), 60)
        self.assertEqual(len({row["id"] for row in self.employees}), 60)
        self.assertEqual(len({row["name"] for row in self.employees}), 60)
        self.assertGreaterEqual(sum(bool(row["login"]) for row in self.employees), 25)
        for row in self.employees:
            with self.subTest(employee=row["id"]):
                self.assertIn(f"department_{row['department']}_demo", xml_records())
                self.assertIn(f"calendar_{row['calendar']}_demo", xml_records())
                if row["team"]:
                    self.assertIn(f"team_{row['team']}_demo", xml_records())
                    self.assertTrue(0 < float(row["capacity"]) <= 1)
                for skill in content.split(row["skills"]):
                    self.assertIn(f"skill_{skill}", xml_records("data"))

    def test_every_department_has_a_manager_and_every_team_a_lead_in_it(self):
        managed = Counter(row["manages"] for row in self.employees if row["manages"])
        departments = of_model("hr.department")
        self.assertEqual(managed, {k[11:-5]: 1 for k in departments})
        leads = {row["leads"]: row for row in self.employees if row["leads"]}
        teams = of_model("helpdesk.ticket.team")
        self.assertEqual(set(leads), {k[5:-5] for k in teams})
        for team, row in leads.items():
            self.assertEqual(row["team"], team, f"the lead of {team} works elsewhere")
            self.assertTrue(row["login"])

    def test_one_membership_has_ended_and_one_begins_later(self):
        members = [row for row in self.employees if row["team"]]
        ended = [row for row in members if row["to_days"] and int(row["to_days"]) < 0]
        later = [row for row in members if int(row["from_days"]) > 0]
        self.assertTrue(ended and later)
        for row in ended + later:
            self.assertFalse(row["login"], "a handler must be a present member")

    def test_absences_are_of_employees_and_in_order(self):
        known = {row["id"] for row in self.employees}
        for row in content.read_rows("leaves"):
            self.assertIn(row["employee"], known)
            self.assertLessEqual(int(row["from_days"]), int(row["to_days"]))

    def test_each_persona_is_one_person(self):
        personas = content.read_personas()
        logins = [row["login"] for row in personas]
        self.assertEqual(len(logins), len(set(logins)))
        people = [row["login"] for row in self.employees if row["login"]]
        people += [r["login"] for r in content.read_rows("citizens") if r["login"]]
        for row in content.read_rows("organisations"):
            contacts = content.split(row["contacts"])
            people += [c.split("|")[3] for c in contacts if c.split("|")[3]]
        self.assertEqual(len(people), len(set(people)), "a login is used twice")
        for row in personas:
            self.assertEqual(row["password"], row["login"])
            self.assertTrue(row["who"])
            self.assertIn(row["login"], [*people, "admin"])


class TestDemoPlaces(BaseCase):
    """Districts, streets and residents fit together."""

    def test_twelve_districts_in_four_areas_each_with_a_councillor(self):
        districts = of_model("citizen.district")
        areas = {k for k, r in districts.items() if value(r, "parent_id") is None}
        self.assertEqual((len(areas), len(districts)), (4, 16))
        councillors = Counter()
        for name in set(districts) - areas:
            self.assertIn(value(districts[name], "parent_id"), areas)
            councillors[value(districts[name], "representative_id")] += 1
        self.assertEqual(set(councillors.values()), {1})
        self.assertLessEqual(set(councillors), set(of_model("res.partner")))

    def test_streets_lie_in_the_city(self):
        streets = content.streets()
        self.assertEqual(len({street.name for street in streets}), 72)
        self.assertEqual(
            set(Counter(street.district for street in streets).values()), {6}
        )
        for street in streets:
            place = writing.locate(street, 1)
            self.assertAlmostEqual(place.latitude, 41.31, delta=0.05)
            self.assertAlmostEqual(place.longitude, -29.19, delta=0.06)

    def test_residents_are_eighty_and_speak_three_languages(self):
        citizens = content.read_rows("citizens")
        districts = {street.district for street in content.streets()}
        self.assertEqual(len({row["id"] for row in citizens}), 80)
        self.assertEqual(len({row["name"] for row in citizens}), 80)
        self.assertLessEqual({row["district"] for row in citizens}, districts)
        languages = Counter(row["lang"] for row in citizens)
        self.assertEqual(set(languages), {"en_US", "zh_TW", "es_ES"})
        self.assertGreaterEqual(min(languages.values()), 10)
        needs = {need for row in citizens for need in content.split(row["needs"])}
        self.assertLessEqual(
            {f"need_{need}" for need in needs}, set(xml_records("data"))
        )
        self.assertGreaterEqual(len(needs), 8)

    def test_organisations_hold_services_and_have_contacts(self):
        rows = content.read_rows("organisations")
        self.assertEqual(len(rows), 8)
        for row in rows:
            self.assertTrue(2 <= len(content.split(row["contacts"])) <= 4, row["id"])
            for code in content.split(row["services"]):
                self.assertEqual(value(services()[code], "default_role"), "customer")

    def test_phone_numbers_and_addresses_are_fictional(self):
        for record in xml_records().values():
            phone, email = value(record, "phone"), value(record, "email")
            if phone:
                self.assertRegex(phone, FICTIONAL_PHONE)
            if email:
                self.assertTrue(email.endswith(".example.org"), email)


class TestDemoCatalogue(BaseCase):
    """Forty service types a resident could use."""

    def test_forty_service_types_in_nine_groups(self):
        categories = of_model("helpdesk.ticket.category")
        groups = {k for k, r in categories.items() if value(r, "is_service") == "False"}
        self.assertEqual((len(services()), len(groups)), (40, 9))
        self.assertEqual(len({value(r, "code") for r in categories.values()}), 49)
        self.assertEqual({value(r, "parent_id") for r in services().values()}, groups)
        for code, record in services().items():
            with self.subTest(service=code):
                self.assertIn(
                    value(record, "team_id"), of_model("helpdesk.ticket.team")
                )
                self.assertTrue(0.5 <= float(value(record, "effort_points")) <= 8)
                self.assertGreaterEqual(value(record, "keywords").count(","), 3)
                name = code.lower().replace("-", "_")
                self.assertEqual(record.get("id"), f"service_{name}_demo")

    def test_help_for_residents_is_two_sentences_at_least(self):
        for code, record in services().items():
            text = "".join(record.find("field[@name='resident_help']").itertext())
            self.assertGreaterEqual(len(re.findall(r"[.!?](\s|$)", text)), 2, code)

    def test_questions_are_well_formed(self):
        self.assertGreaterEqual(sum(bool(questions(code)) for code in services()), 25)
        for code in services():
            names = [question["name"] for question in questions(code)]
            self.assertEqual(len(names), len(set(names)), code)
            for question in questions(code):
                with self.subTest(service=code, question=question["name"]):
                    self.assertRegex(question["name"], r"^[a-z][a-z_]*$")
                    self.assertIn(question["type"], QUESTION_TYPES)
                    self.assertTrue(question["string"])
                    if question["type"] in ("selection", "tags"):
                        field = {"tags": "tags"}.get(question["type"], "selection")
                        keys = [option[0] for option in question[field]]
                        self.assertGreaterEqual(len(set(keys)), 2)
                        self.assertEqual(len(keys), len(set(keys)))

    def test_every_service_type_is_asked_for(self):
        mix = {entry.type: entry for entry in content.service_mix()}
        self.assertEqual(set(mix), set(services()))
        self.assertEqual(set(content.case_texts()), set(services()))
        total = sum(entry.cases for entry in mix.values())
        self.assertTrue(380 <= total <= 450, total)


class TestDemoCases(BaseCase):
    """What people write, and what the city answers."""

    def _check_answers(self, code: str, given: str) -> None:
        known = {question["name"]: question for question in questions(code)}
        for name, answer in content.pairs(given).items():
            self.assertIn(name, known)
            question = known[name]
            options = question.get("selection") or question.get("tags")
            if options:
                self.assertLessEqual(
                    set(answer.split(",")), {option[0] for option in options}
                )
            elif question["type"] == "integer":
                int(answer)
            elif question["type"] == "boolean":
                self.assertEqual(answer, "")
            elif question["type"] == "date":
                self.assertRegex(answer, r"^[+-]\d+$")

    def test_texts_answer_the_questions_asked(self):
        for code, texts in content.case_texts().items():
            for text in texts:
                with self.subTest(text=text.key):
                    self._check_answers(code, text.answers)
                    self.assertTrue(text.title and text.text and text.reply)
        for story in content.special_cases():
            with self.subTest(case=story.id):
                if story.type:
                    self._check_answers(story.type, story.answers)
                else:
                    self.assertFalse(story.answers)

    def test_slots_are_known(self):
        place = writing.locate(content.streets()[0], 7)
        day = datetime(2026, 3, 4).date()
        for texts in content.case_texts().values():
            for text in texts:
                words = writing.slots(Random(1), place, text.lang, day)
                for template in (text.title, text.text, text.reply):
                    self.assertNotRegex(template.format(**words), r"[{}]")

    def test_texts_are_not_repeated(self):
        texts = [text for known in content.case_texts().values() for text in known]
        stories = list(content.special_cases())
        for attribute in ("title", "text"):
            values = [getattr(item, attribute) for item in [*texts, *stories]]
            twice = [text for text, count in Counter(values).items() if count > 1]
            self.assertFalse(twice)
        self.assertGreaterEqual(len(texts), 190)
        self.assertTrue(all(len(text.title) <= 70 for text in texts))

    def test_languages_are_what_they_say(self):
        for texts in content.case_texts().values():
            for text in texts:
                chinese = bool(re.search("[\u4e00-\u9fff]", text.text))
                self.assertEqual(chinese, text.lang == "zh_TW", text.key)
        languages = Counter(
            text.lang for texts in content.case_texts().values() for text in texts
        )
        self.assertGreaterEqual(languages["zh_TW"], 12)
        self.assertGreaterEqual(languages["es_ES"], 18)

    def test_stories_refer_to_people_types_and_leads(self):
        people = {row["id"] for row in content.read_rows("citizens")}
        for row in content.read_rows("organisations"):
            people |= {c.split("|")[0] for c in content.split(row["contacts"])}
        stories = {story.id: story for story in content.special_cases()}
        phases = {name for name, _label in PHASES}
        for story in stories.values():
            with self.subTest(case=story.id):
                name = story.person.rpartition(":")[2]
                self.assertIn(name or None, people | {None})
                self.assertIn(story.type or None, {*services(), None})
                self.assertIn(story.channel, CHANNELS)
                self.assertIn(story.phase, phases)
                self.assertEqual(bool(story.type), story.phase != "received")
                if story.lead:
                    lead = stories[story.lead]
                    self.assertFalse(lead.lead, "a lead case is not joined itself")
                    before = (-lead.days, lead.time) < (-story.days, story.time)
                    self.assertTrue(before, "a lead case comes first")

    def test_the_burst_main_and_the_triage_queue(self):
        stories = list(content.special_cases())
        self.assertEqual(sum(s.lead == "burst_01" for s in stories), 9)
        self.assertEqual(sum(s.phase == "received" for s in stories), 10)
        self.assertGreaterEqual(sum(s.type == "GOV-MIS" for s in stories), 4)

    def test_conversations_belong_to_cases(self):
        keys = {t.key for known in content.case_texts().values() for t in known}
        keys |= {story.id for story in content.special_cases()}
        talks = content.conversations()
        self.assertLessEqual(set(talks), keys)
        self.assertGreaterEqual(len(talks), 30)
        for lines in talks.values():
            self.assertTrue(all(who in "ch" and text for who, text in lines))


class TestDemoTime(BaseCase):
    """Nothing happens in the future, at night or in the wrong order."""

    def _clock(self, now: datetime) -> clock.OfficeClock:
        return clock.OfficeClock(now, [clock.holiday(now.date(), -25, 0)])

    def test_doctests(self):
        for module in (clock, content, holidays, records, writing):
            self.assertEqual(doctest.testmod(module).failed, 0, module.__name__)

    def test_holidays_of_any_day_of_installation(self):
        """Each date once; a bridge day stands beside its holiday, and is made up for.

        Fails if two holidays could fall on one date: the city could not be installed.
        """
        for number in range(3 * 366):
            today = date(2027, 1, 1) + timedelta(days=number)
            days = holidays.city_days(today)
            for day, row in days.items():
                if row["kind"] == "special":
                    self.assertLess(day.weekday(), 5)
                    self.assertTrue(parse_hours(row["hours"]))
                if row["kind"] == "makeup":
                    self.assertEqual(day.weekday(), 5)
            years = {day.year for day in days}
            self.assertLessEqual({today.year, today.year + 1}, years)

    def test_a_life_is_in_order_and_ends_before_now(self):
        start = datetime(2026, 3, 2, 0, 40)
        for seed in range(400):
            rng = Random(seed)
            now = start + timedelta(hours=rng.randrange(24 * 14))
            office = self._clock(now)
            day = now.date() - timedelta(days=rng.randrange(90))
            received = office.receipt(rng, day, rng.choice(list(clock.CHANNEL_HOURS)))
            phase = rng.choice(list(life.COURSES))
            course = life.plan_life(rng, office, received, phase, rng.randint(1, 40))
            times = [step.at for step in course.steps]
            with self.subTest(seed=seed, now=now):
                self.assertEqual(times, sorted(times))
                self.assertLessEqual(times[-1], now)
                last = course.steps[-1].kind
                self.assertEqual(life.PHASE_AFTER.get(last, last), phase)

    def test_staff_work_in_office_hours(self):
        office = self._clock(datetime(2026, 3, 6, 17))
        received = datetime(2026, 2, 20, 22, 15)
        for seed in range(100):
            course = life.plan_life(Random(seed), office, received, "closed", 6)
            for step in course.steps[2:]:
                self.assertTrue(office.is_working(step.at.date()), step)
                self.assertTrue(clock.OPENS <= step.at.time() <= clock.CLOSES, step)

    def test_counters_are_closed_on_weekends(self):
        office = self._clock(datetime(2026, 3, 8, 13))
        for seed in range(50):
            moment = office.receipt(Random(seed), office.now.date(), "counter")
            self.assertTrue(office.is_working(moment.date()))

    def test_the_young_are_open_and_the_old_are_closed(self):
        rng = Random(1)
        young = {life.choose_phase(rng, 0.05) for _n in range(200)}
        old = Counter(life.choose_phase(rng, 12) for _n in range(200))
        self.assertEqual(young, {"routed", "assigned"})
        self.assertGreater(old["closed"], 180)
