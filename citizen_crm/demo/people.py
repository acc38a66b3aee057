"""Load residents and organisations: contacts, citizens, customers, portal users."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from odoo import Command

from .clock import CITY_TZ
from .content import read_rows, split, streets

if TYPE_CHECKING:
    from .loader import DemoCity

Row = dict[str, str]
#: Contacts who also write to the city as residents, each under their own name.
CITIZEN_CONTACTS = ("calloway_ruth",)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can file a case."""

    id: str
    partner_id: int
    lang: str
    district: str
    street: str
    is_customer: bool
    services: frozenset[str] = frozenset()


def load_residents(city: "DemoCity") -> list[Person]:
    """Create about 80 citizens; some of them are customers, too."""
    rows = read_rows("citizens")
    homes = [_address(city, row["district"]) for row in rows]
    partners = city.records.load(
        "res.partner",
        [
            (f"partner_{row['id']}", _resident(city, row, home))
            for row, home in zip(rows, homes, strict=True)
        ],
    )
    city.records.load("citizen.citizen", _citizens(city, rows, partners))
    city.records.load("citizen.customer", _customers(rows, partners))
    _load_portal_users(city, [(row["id"], row["login"]) for row in rows])
    return [
        Person(
            row["id"],
            partner.id,
            row["lang"],
            row["district"],
            home,
            bool(row["customer"]),
        )
        for row, partner, home in zip(rows, partners, homes, strict=True)
    ]


def _customers(rows: list[Row], partners) -> Iterator:
    for row, partner in zip(rows, partners, strict=True):
        if row["customer"]:
            yield f"customer_{row['id']}", {"partner_id": partner.id}


def load_organisations(city: "DemoCity") -> list[Person]:
    """Create organisations with their contacts; return the contacts."""
    people: list[Person] = []
    for row in read_rows("organisations"):
        street = _address(city, row["district"])
        (organisation,) = city.records.load(
            "res.partner", [(f"partner_{row['id']}", _organisation(city, row, street))]
        )
        services = [city.service(code).id for code in split(row["services"])]
        values = {
            "partner_id": organisation.id,
            "service_ids": [Command.set(services)],
        }
        city.records.load("citizen.customer", [(f"customer_{row['id']}", values)])
        people += _load_contacts(city, row, organisation, street)
    return people


def _load_contacts(
    city: "DemoCity", row: Row, organisation, street: str
) -> list[Person]:
    contacts = [part.split("|") for part in split(row["contacts"])]
    partners = city.records.load(
        "res.partner",
        [
            (f"partner_{key}", _contact(city, key, name, job, organisation))
            for key, name, job, _login in contacts
        ],
    )
    _load_portal_users(city, [(key, login) for key, _n, _j, login in contacts])
    services = frozenset(split(row["services"]))
    people = [
        Person(key, partner.id, "en_US", row["district"], street, True, services)
        for (key, *_rest), partner in zip(contacts, partners, strict=True)
    ]
    _load_own_records(city, people)
    return people


def _load_own_records(city: "DemoCity", people: list[Person]) -> None:
    """Create the citizen records of contacts who also write for themselves."""
    city.records.load(
        "citizen.citizen",
        [
            (
                f"citizen_{person.id}",
                {
                    "partner_id": person.partner_id,
                    "district_id": city.district(person.district).id,
                },
            )
            for person in people
            if person.id in CITIZEN_CONTACTS
        ],
    )


def _address(city: "DemoCity", district: str) -> str:
    choices = [street.name for street in streets() if street.district == district]
    return f"{city.rng.choice(choices)} {city.rng.randint(1, 68)}"


def _resident(city: "DemoCity", row: Row, home: str) -> dict:
    offline = "post_only" in row["needs"]
    mobile = city.rng.random() < 0.6 and not offline
    return {
        "name": row["name"],
        "lang": row["lang"],
        "tz": CITY_TZ,
        "street": home,
        "zip": f"LH{row['district'][-1]} {row['district']}",
        "city": "Larkhaven",
        "phone": city.phone(mobile=mobile),
        "email": False if offline else f"{row['id']}@example.com",
    }


def _citizens(city: "DemoCity", rows: list[Row], partners) -> Iterator:
    clerk = city.records.ref("user_whitfield")
    for row, partner in zip(rows, partners, strict=True):
        verified = row["login"] or city.rng.random() < 0.6
        days = city.rng.randint(5, 400)
        needs = [
            city.env.ref(f"citizen_crm.need_{need}") for need in split(row["needs"])
        ]
        yield (
            f"citizen_{row['id']}",
            {
                "partner_id": partner.id,
                "district_id": city.district(row["district"]).id,
                "need_ids": [Command.set([need.id for need in needs])],
                "contact_verified_date": verified
                and city.utcnow - timedelta(days=days),
                "contact_verified_by_id": verified and clerk.id,
            },
        )


def _organisation(city: "DemoCity", row: Row, street: str) -> dict:
    return {
        "name": row["name"],
        "is_company": True,
        "lang": "en_US",
        "tz": CITY_TZ,
        "street": street,
        "zip": f"LH{row['district'][-1]} {row['district']}",
        "city": "Larkhaven",
        "phone": city.phone(),
        "email": f"office@{row['id']}.example.org",
    }


def _contact(city: "DemoCity", key: str, name: str, job: str, organisation) -> dict:
    folder, first = key.split("_")
    return {
        "name": name,
        "function": job,
        "parent_id": organisation.id,
        "type": "contact",
        "lang": "en_US",
        "tz": CITY_TZ,
        "phone": city.phone(mobile=True),
        "email": f"{first}@{organisation.email.partition('@')[2] or folder}",
    }


def _load_portal_users(city: "DemoCity", logins: list[tuple[str, str]]) -> None:
    """Give a portal user to the people who have a login."""
    portal = city.env.ref("base.group_portal")
    users = city.records.load(
        "res.users",
        [
            (
                f"user_{key}",
                {
                    "partner_id": city.records.ref(f"partner_{key}").id,
                    "login": login,
                    "group_ids": [Command.set([portal.id])],
                },
            )
            for key, login in logins
            if login
        ],
    )
    city.set_passwords(users)
