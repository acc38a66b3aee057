"""What always holds of duties, and of the placeholders in prepared texts."""

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.citizen_crm.tools import duties as rules
from odoo.addons.citizen_crm.tools.duties import Duty, Matter, missing, owed
from odoo.addons.citizen_crm.tools.reply_text import PLACEHOLDERS, fill, unknown

KINDS = [kind for kind, _label in rules.DUTY_KINDS]
roles = st.sampled_from(("citizen", "customer"))
natures = st.sampled_from(("complaint", "inquiry", "praise"))
instants = st.integers(0, 9)
maybe = st.none() | instants


@st.composite
def books(draw):
    """Draw a catalogue of duties with levels where approval asks for them."""
    rows = draw(
        st.lists(
            st.tuples(
                st.sampled_from(KINDS),
                roles,
                st.just("") | natures,
                st.sampled_from(("lead", "head")),
                maybe,
                maybe,
            ),
            max_size=12,
        )
    )
    return [
        Duty(
            number, kind, role, nature, level if kind == "approval" else "", begin, end
        )
        for number, (kind, role, nature, level, begin, end) in enumerate(rows, 1)
    ]


matters = st.builds(
    Matter, roles, natures, instants, st.booleans(), st.booleans(), st.booleans()
)
deeds = st.sets(st.sampled_from(KINDS))
levels = st.sampled_from(rules.LEVEL_ORDER)


@given(books(), matters)
def test_one_of_each_kind_and_of_this_case(book, matter):
    """What is owed stands in the book, is in force and fits the case."""
    due = owed(book, matter)
    kinds = [duty.kind for duty in due]
    assert kinds == sorted(set(kinds), key=KINDS.index)
    for duty in due:
        assert duty in book
        assert duty.role == matter.role
        assert duty.nature in ("", matter.nature)
        assert duty.since is None or duty.since <= matter.received
        assert duty.until is None or matter.received < duty.until


@given(books(), matters)
def test_nobody_is_owed_what_they_cannot_get(book, matter):
    """Who cannot be told is owed no message, and who wrote no read-back."""
    due = {duty.kind for duty in owed(book, matter)}
    if not matter.can_be_told:
        assert due <= {"read_back"}
    if not matter.is_oral:
        assert "read_back" not in due
    if matter.is_joined:
        assert due <= {"acknowledge", "read_back"}


@given(books(), matters, instants, instants)
def test_what_comes_later_changes_nothing(book, matter, first, second):
    """A duty archived or created after receipt neither goes nor comes."""
    later = matter.received + 1 + first
    archived = [
        duty._replace(until=later) if duty.until is None else duty for duty in book
    ]
    added = Duty(99, KINDS[second % len(KINDS)], matter.role, since=later)
    before = [duty.id for duty in owed(book, matter)]
    assert [duty.id for duty in owed([*archived, added], matter)] == before


@given(books(), matters, deeds, levels, st.randoms())
def test_order_of_the_book_does_not_matter(book, matter, done, level, random):
    shuffled = random.sample(book, len(book))
    assert owed(shuffled, matter) == owed(book, matter)


@given(books(), matters, deeds, deeds, levels)
def test_doing_more_leaves_less(book, matter, done, more, level):
    """Nothing becomes missing by a deed, and all deeds leave nothing."""
    due = owed(book, matter)
    left = missing(due, done, level)
    assert set(missing(due, done | more, level)) <= set(left) <= set(due)
    assert not missing(due, set(KINDS), "head")
    assert [duty.kind for duty in due] == [duty.kind for duty in missing(due, ())]


@given(books(), matters, deeds, levels)
def test_strongest_of_a_kind_is_missing_when_any_is(book, matter, done, level):
    """One of each kind stands for all: the search for cases looks at all of them."""
    every = [duty for row in book for duty in owed([row], matter)]
    assert bool(missing(every, done, level)) == bool(
        missing(owed(book, matter), done, level)
    )


texts = st.text(alphabet="ab {}\n" + "".join(PLACEHOLDERS), max_size=40)
values = st.fixed_dictionaries({name: texts for name in PLACEHOLDERS})


@given(st.lists(st.sampled_from(PLACEHOLDERS) | st.just("x"), max_size=5), values)
def test_each_placeholder_is_filled_in_once(names, filled):
    """What is filled in is never read for placeholders again."""
    text = "|".join(f"{{{name}}}" for name in names)
    wanted = "|".join(filled.get(name, f"{{{name}}}") for name in names)
    assert fill(text, filled) == wanted
    assert unknown(text) == (["x"] if "x" in names else [])


@given(texts, values)
def test_known_texts_are_filled_in_whole(text, filled):
    if not unknown(text):
        empty = dict.fromkeys(PLACEHOLDERS, "")
        assert not any(f"{{{name}}}" in fill(text, empty) for name in PLACEHOLDERS)
