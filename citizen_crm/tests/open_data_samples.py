"""Small hand-written files in the layouts of two cities, for the import's tests."""

import csv
import io
import json
from pathlib import Path
from typing import Any

NYC_LAYOUT = Path(__file__).parents[1] / "data/open_data_layouts/nyc_311.json"

NYC_HEADER = (
    "Unique Key",
    "Created Date",
    "Closed Date",
    "Agency",
    "Agency Name",
    "Complaint Type",
    "Descriptor",
    "Location Type",
    "Incident Zip",
    "Incident Address",
    "Street Name",
    "Cross Street 1",
    "Cross Street 2",
    "Intersection Street 1",
    "Intersection Street 2",
    "Address Type",
    "City",
    "Landmark",
    "Facility Type",
    "Status",
    "Due Date",
    "Resolution Description",
    "Resolution Action Updated Date",
    "Community Board",
    "BBL",
    "Borough",
    "X Coordinate (State Plane)",
    "Y Coordinate (State Plane)",
    "Open Data Channel Type",
    "Park Facility Name",
    "Park Borough",
    "Vehicle Type",
    "Taxi Company Borough",
    "Taxi Pick Up Location",
    "Bridge Highway Name",
    "Bridge Highway Direction",
    "Road Ramp",
    "Bridge Highway Segment",
    "Latitude",
    "Longitude",
    "Location",
)
CLOSED = {
    "Created Date": "05/02/2011 09:15:30 AM",
    "Closed Date": "05/04/2011 04:45:10 PM",
    "Agency": "DOT",
    "Agency Name": "Department of Transportation",
    "Complaint Type": "Street Light",
    "Descriptor": "Lamp Out",
    "Incident Zip": "10001",
    "Incident Address": "12 ELM STREET",
    "City": "NEW YORK",
    "Status": "Closed",
    "Due Date": "05/12/2011 09:15:30 AM",
    "Resolution Description": "The lamp was replaced.",
    "Resolution Action Updated Date": "05/04/2011 04:45:10 PM",
    "Community Board": "05 MANHATTAN",
    "Borough": "MANHATTAN",
    "Open Data Channel Type": "PHONE",
    "Latitude": "40.75",
    "Longitude": "-73.99",
}
OPEN = {
    **CLOSED,
    "Closed Date": "",
    "Agency": "DPR",
    "Agency Name": "Parks, Queens Unit",
    "Complaint Type": "Damaged Tree",
    "Descriptor": 'Branch "hanging"\nover the path',
    "Status": "Assigned",
    "Resolution Description": "An inspector will visit.",
    "Resolution Action Updated Date": "05/03/2011 08:00:00 AM",
    "Community Board": "Unspecified QUEENS",
    "Borough": "QUEENS",
    "Open Data Channel Type": "UNKNOWN",
}
PENDING = {
    **OPEN,
    "Agency": "DOF",
    "Agency Name": "Exemption Unit",
    "Complaint Type": "DOF Property - Owner Issue",
    "Descriptor": "",
    "Status": "Pending",
    "Community Board": "0 Unspecified",
    "Borough": "Unspecified",
    "Open Data Channel Type": "ONLINE",
    "Latitude": "",
    "Longitude": "",
}


def nyc_rows(count: int) -> list[dict[str, str]]:
    """Rows that take turns: two closed ones, an open one, a pending one."""
    kinds = (CLOSED, {**CLOSED, "Complaint Type": "Pothole"}, OPEN, PENDING)
    return [
        {**kinds[number % 4], "Unique Key": f"K{number:05d}"} for number in range(count)
    ]


def nyc_csv(rows: list[dict[str, str]]) -> bytes:
    """Write rows as the city's export does."""
    return to_csv(NYC_HEADER, rows).encode()


def to_csv(
    header: tuple[str, ...], rows: list[dict[str, str]], delimiter: str = ","
) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(
        stream, header, restval="", delimiter=delimiter, lineterminator="\n"
    )
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def other_city() -> dict[str, Any]:
    """The layout of an invented city: other columns, dates, marks and encoding."""
    return {
        "code": "lindau",
        "name": "Lindau",
        "timezone": "Europe/Berlin",
        "encoding": "cp1252",
        "delimiter": ";",
        "decimal": ",",
        "date_formats": ["%d.%m.%Y %H:%M", "%d.%m.%Y"],
        "key": "Nummer",
        "received": "Eingang",
        "closed": "Erledigt",
        "status": {
            "column": "Stand",
            "phases": {"offen": "routed", "erledigt": "closed"},
        },
        "department": {"column": "Amt"},
        "service_type": {"column": "Anliegen"},
        "role_default": {"role": "citizen", "nature": "proposal"},
        "districts": [{"column": "Ortsteil"}],
        "title": ["{Anliegen} {Ortsteil}"],
        "place": ["{Adresse}"],
        "latitude": "Breite",
        "longitude": "L\u00e4nge",
    }


OTHER_CITY_CSV = (
    "Nummer;Eingang;Erledigt;Stand;Amt;Anliegen;Ortsteil;Adresse;Breite;L\u00e4nge\n"
    "1;01.07.2024 08:30;02.07.2024;erledigt;Bauamt;Stra\u00dfenlampe;Insel;"
    "Hauptplatz 1;47,546;9,684\n"
    "2;15.01.2024 08:30;;offen;Gartenamt;B\u00e4ume;;;;\n"
)


def other_city_json() -> str:
    return json.dumps(other_city())
