"""What became of a matter: the citizen's word, a field check, and the two together.

What the city did is told by the stage of a case. What came of it is told by the person
whose matter it is, or by somebody who went and looked; pure decisions, no ORM.
"""

#: Did the person get what they needed? The answer, and the outcome that it says.
OUTCOME_OF_ANSWER = {"yes": "confirmed", "partly": "partly", "no": "not_solved"}
#: What a field check found, and the outcome that it says; empty for none.
OUTCOME_OF_FINDING = {
    "done": "confirmed",
    "partly": "partly",
    "not_done": "not_solved",
    "cannot_tell": "",
}
#: A finding and an answer of which one says the opposite of the other.
CONTRADICTIONS = frozenset({("done", "no"), ("not_done", "yes")})


def outcome_of_check(finding: str, answer: str = "") -> str:
    """Return the outcome that a field check gives a case; empty to leave it.

    :param answer: what the citizen has said of the same closing, empty for nothing

    >>> outcome_of_check("done"), outcome_of_check("done", "partly")
    ('confirmed', 'confirmed')
    >>> outcome_of_check("done", "no"), outcome_of_check("not_done", "yes")
    ('disputed', 'disputed')
    >>> outcome_of_check("cannot_tell", "no")
    ''
    """
    if (finding, answer) in CONTRADICTIONS:
        return "disputed"
    return OUTCOME_OF_FINDING[finding]
