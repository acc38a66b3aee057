"""What staff do at the desk with the keyboard and the mouse, step by step."""

from __future__ import annotations

from keyboard import Keyboard

#: A form or a list is there.
READY = "!!document.querySelector('.o_form_view, .o_list_view')"
REPLY = {
    "summary": "We have filled it.",
    "facts": "It was a hand deep.",
    "measures": "The crew came on Monday.",
    "legal_basis": "Streets Act § 9",
    "remedies": "Write to the court within a month.",
}


def choose(keys: Keyboard, field: str, text: str) -> None:
    """Choose a record in a dialog by typing its name."""
    keys.write(f".modal [name={field}] input", text)
    keys.wait_for_text(".modal .o-autocomplete--dropdown-menu", text)
    keys.press("Enter")


def confirm(keys: Keyboard) -> None:
    """Press the main button of a dialog that asks for something."""
    keys.press("Tab")
    keys.click(".modal button[name=action_confirm]:not(.d-none)")


def wait_for_state(keys: Keyboard, state: str) -> None:
    keys.wait_for_text(".o_statusbar_status .o_arrow_button_current", state)


# ---------------------------------------------------------------------- transfers
def propose_transfer(keys: Keyboard, from_team: str, to_team: str) -> None:
    keys.click("button[name=action_transfer]")
    keys.wait_for_text(".modal", "Until the other team accepts")
    choose(keys, "to_team_id", to_team)
    keys.write(".modal [name=ground_id] input", "Another")
    keys.wait_for_text(".modal .o-autocomplete--dropdown-menu", "competent")
    keys.press("Enter")
    keys.write(".modal [name=note] textarea", "It stands at the fountain")
    confirm(keys)
    keys.wait_for_text(".o_citizen_banners", "Transfer proposed:")
    keys.wait_for_text(".o_citizen_banners", f"{from_team} → {to_team}")


def dispute_transfer(keys: Keyboard) -> None:
    """Dispute the first transfer of the list."""
    keys.click(".o_data_row button[name=action_dispute]")
    keys.wait_for_text(".modal", "It stands at the fountain")
    keys.write(".modal [name=reason] textarea", "Benches are not ours")
    confirm(keys)
    keys.wait_for("document.querySelector('.o_view_nocontent')")


def decide_transfer(keys: Keyboard, team: str) -> None:
    keys.click("button[name=action_decide_transfer]")
    keys.wait_for_text(".modal", "Benches are not ours")
    choose(keys, "team_id", team)
    keys.write(".modal [name=reason] textarea", "It stands in the road")
    confirm(keys)
    keys.wait_for("!document.querySelector('.modal')")


# ------------------------------------------------------------------ joint replies
def ask_contribution(keys: Keyboard, team: str, question: str) -> None:
    keys.click(".nav-link[name=contributions]")
    keys.click("button[name=action_ask_contribution]")
    choose(keys, "team_id", team)
    keys.write(".modal [name=question] textarea", question)
    confirm(keys)
    keys.wait_for_text("[name=contribution_ids]", question)


def contribute(keys: Keyboard, text: str) -> None:
    """Write the own part on the case that another team has."""
    keys.click("button[name=action_contribute]")
    keys.write(".modal [name=text] textarea", text)
    confirm(keys)
    # The case was open for that alone.
    keys.wait_for_text(".o_control_panel", "Contributions Asked of Us")
    keys.wait_for("!document.querySelector('.modal')")


# ------------------------------------------------------------------------ replies
def write_reply(keys: Keyboard) -> None:
    """Refused without a reply; then written, but not passed on yet."""
    keys.wait_for_text(".o_citizen_duties", "Notice of remedies")
    keys.click("button[name=action_reply]")
    keys.wait_for("document.querySelector('[name=summary] textarea')")
    keys.click("button[name=action_ask_approval]")
    keys.wait_for_text(".modal", "In Short, What We Found")
    keys.click(".modal footer button")
    keys.wait_for("!document.querySelector('.modal')")
    keys.click("[name=finding] input[data-value=founded]")
    for name, text in REPLY.items():
        keys.write(f"[name={name}] textarea", text)
    keys.press("Tab")


def insert_contributions(keys: Keyboard, text: str) -> None:
    keys.click("button[name=action_insert_contributions]")
    keys.wait_for(
        f"document.querySelector('[name=facts] textarea').value.includes('{text}')"
    )


def ask_approval(keys: Keyboard) -> None:
    keys.click("button[name=action_ask_approval]")
    wait_for_state(keys, "Waiting for approval")


def approve(keys: Keyboard) -> None:
    """Approve the first reply of the list."""
    keys.click(".o_data_row td[name=summary]")
    keys.wait_for_text("[name=remedies]", "Write to the court")
    keys.click("button[name=action_approve]")
    wait_for_state(keys, "Approved")


def send_and_close(keys: Keyboard) -> None:
    keys.click("button[name=action_reply]")
    wait_for_state(keys, "Approved")
    keys.click("button[name=action_send]")
    keys.wait_for_text(".modal", "cannot be changed afterwards")
    keys.click(".modal footer button.btn-primary")
    keys.wait_for("!document.querySelector('.o_citizen_duties .fa-square-o')")
    keys.wait_for_text(".o-mail-Chatter", "You are right")
    keys.click("button[name=action_close]")
    keys.wait_for("document.querySelector('button[name=action_reopen]')")


# ------------------------------------------------------------- reviews and checks
def uphold_review(keys: Keyboard, said: str) -> None:
    keys.click("button[name=action_view_reviews]")
    keys.wait_for_text("[name=text]", said)
    keys.write("[name=finding] textarea", "The crew was in the wrong street.")
    keys.click("button[name=action_uphold]")
    wait_for_state(keys, "Upheld")


def record_check(keys: Keyboard) -> None:
    keys.click("[name=finding] input[data-value=done]")
    keys.write("[name=note] textarea", "Filled, clean edges.")
    keys.click("button[name=action_record]")
    wait_for_state(keys, "Checked")
