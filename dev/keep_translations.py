"""Put translations that an export has lost back into a .po file: FORMER NEW.

Odoo's export knows the terms of the database, not all of those in code. Run with the
Python of the virtual environment, which has polib.
"""

import sys

import polib


def keep(former: str, new: str) -> int:
    """Fill the empty entries of the file `new` from `former`; return how many."""
    known = {entry.msgid: entry.msgstr for entry in polib.pofile(former)}
    file = polib.pofile(new)
    filled = 0
    for entry in file:
        if not entry.msgstr and known.get(entry.msgid):
            entry.msgstr = known[entry.msgid]
            filled += 1
    file.save()
    return filled


if __name__ == "__main__":
    keep(*sys.argv[1:])
