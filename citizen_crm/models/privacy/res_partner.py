from odoo import api, models
from odoo.tools import SQL, escape_psql

from .eraser import Eraser
from .kept_columns import ERASED, ERASED_PERSON

#: Links to a contact that do not keep it from being blanked: what they say of it goes
#: with it, or says nothing. All others do, and are named to whoever asks.
HARMLESS = {
    ("citizen.citizen", "partner_id"),
    ("citizen.customer", "partner_id"),
    ("citizen.erasure", "partner_id"),
    ("citizen.legal.hold", "partner_id"),
    ("citizen.data.handout", "partner_id"),
    ("citizen.recusal", "partner_id"),
    # They go with the person; who still acts for somebody is asked apart.
    ("citizen.representation", "partner_id"),
    ("citizen.representation", "representative_id"),
    ("discuss.channel.member", "partner_id"),
    ("helpdesk.ticket", "commercial_partner_id"),
    # Cases are looked at one by one: see citizen.erasure.line and _has_cases.
    ("helpdesk.ticket", "partner_id"),
    ("mail.followers", "partner_id"),
    ("mail.message", "author_id"),
    ("mail.notification", "author_id"),
    ("mail.notification", "res_partner_id"),
    ("mail.push.device", "partner_id"),
    ("res.partner", "commercial_partner_id"),
    ("res.users", "partner_id"),
}


class ResPartner(models.Model):
    """Forgetting a person: the contact stays as a number, and says nothing."""

    _inherit = "res.partner"

    @api.model
    def _get_erasure_obstacles(self, partner):
        """Return, in sentences, what the contact is still needed for."""
        _ = self.env._
        partner = partner.sudo().with_context(active_test=False)
        obstacles = []
        if partner.is_company:
            obstacles.append(_("It is an organisation, not a person."))
        if partner.parent_id:
            obstacles.append(_("It is a contact of %s.", partner.parent_id.name))
        if any(not user.share for user in partner.user_ids):
            obstacles.append(_("It is a member of staff."))
        if (
            self.env["citizen.legal.hold"]
            .sudo()
            .search_count(
                [("partner_id", "=", partner.id), ("is_current", "=", True)], limit=1
            )
        ):
            obstacles.append(_("A legal hold is in force."))
        acting = self.env["citizen.representation"].sudo()
        if acting.search([("representative_id", "=", partner.id)])._filter_going_on():
            obstacles.append(_("It acts for somebody."))
        return obstacles + self._get_other_uses(partner)

    def _has_cases(self):
        """Tell whether a case still has the data of this person."""
        self.ensure_one()
        cases = self.env["helpdesk.ticket"].sudo().with_context(active_test=False)
        return bool(cases.search_count([("partner_id", "=", self.id)], limit=1))

    @api.model
    def _get_other_uses(self, partner):
        """Look through all models for rows that still point to the contact."""
        self.env.flush_all()
        uses = []
        for name in sorted(self.env.registry):
            model = self.env[name].sudo()
            if not model._auto or model._abstract or model._transient:
                continue
            for field in model._fields.values():
                if (
                    field.type == "many2one"
                    and field.store
                    and field.comodel_name == self._name
                    and (name, field.name) not in HARMLESS
                    and self._is_pointed_at(model, field, partner)
                ):
                    uses.append(
                        self.env._(
                            "It is still used: %(model)s, %(field)s.",
                            model=model._description,
                            field=field._description_string(self.env),
                        )
                    )
        return uses

    @api.model
    def _is_pointed_at(self, model, field, partner):
        return bool(
            self.env.execute_query(
                SQL(
                    "SELECT 1 FROM %s WHERE %s = %s LIMIT 1",
                    SQL.identifier(model._table),
                    SQL.identifier(field.name),
                    partner.id,
                )
            )
        )

    def _erase_person(self, run):
        """Blank the contact, its records and its account.

        The caller has made sure that nothing else needs them.

        :param run: the approved ``citizen.erasure``
        """
        self.ensure_one()
        person = self.sudo().with_context(active_test=False)
        email, users = person.email_normalized, person.user_ids
        records = [person, users, person.citizen_ids, person.customer_ids]
        if email:
            # Mails that never became a case.
            receipts = self.env["citizen.mail.receipt"].sudo()
            records.append(
                receipts.search(
                    [("sender", "=ilike", escape_psql(email)), ("case_id", "=", False)]
                )
            )
        representations = self.env["citizen.representation"].sudo()
        records.append(
            representations.search(
                ["|", ("partner_id", "=", self.id), ("representative_id", "=", self.id)]
            )
        )
        eraser = Eraser(self.env)
        for owned in records:
            eraser.add(owned._name, dict.fromkeys(owned.ids, person.id))
        counts = eraser.erase()
        person._blank_contact_columns(records)
        person._blank_account(users)
        person._blank_mentions(email)
        self.env.invalidate_all(flush=False)
        self.env.registry.clear_cache()
        self.env["citizen.erasure.proof"]._enter(
            run._prepare_proofs([(f"contact {self.id}", False, counts[self.id])])
        )

    def _blank_contact_columns(self, records):
        """Blank what is no text but tells of the person, and put the records away."""
        execute = self.env.cr.execute
        execute(
            SQL(
                """
                UPDATE res_partner
                   SET name = %(name)s, complete_name = %(name)s, user_id = NULL,
                       commercial_partner_id = id, state_id = NULL, country_id = NULL,
                       industry_id = NULL, partner_latitude = NULL,
                       partner_longitude = NULL, contact_verified_date = NULL,
                       contact_verified_by_id = NULL, signup_type = NULL
                 WHERE id = %(id)s
                """,
                name=ERASED_PERSON,
                id=self.id,
            )
        )
        for owned in records:
            if "active" in owned._fields and owned:
                execute(
                    SQL(
                        "UPDATE %s SET active = FALSE WHERE id = ANY(%s)",
                        SQL.identifier(owned._table),
                        owned.ids,
                    )
                )
        citizens = self.citizen_ids.ids
        for model, name, ids in (
            ("res.partner", "category_id", self.ids),
            ("citizen.citizen", "need_ids", citizens),
        ):
            field = self.env[model]._fields[name]
            execute(
                SQL(
                    "DELETE FROM %s WHERE %s = ANY(%s)",
                    SQL.identifier(field.relation),
                    SQL.identifier(field.column1),
                    ids,
                )
            )
        execute(
            SQL(
                "UPDATE citizen_citizen SET district_id = NULL WHERE id = ANY(%s)",
                citizens,
            )
        )

    def _blank_account(self, users):
        """Leave an account that nobody can sign in to, without keys and devices."""
        self.env.cr.execute(
            SQL(
                "UPDATE res_users SET password = NULL, totp_secret = NULL"
                " WHERE id = ANY(%s)",
                users.ids,
            )
        )
        for name in ACCOUNT_MODELS & self.env.registry.keys():
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE user_id = ANY(%s)",
                    SQL.identifier(self.env[name]._table),
                    users.ids,
                )
            )

    def _blank_mentions(self, email):
        """Blank what other records say of the contact by link or by address."""
        execute = self.env.cr.execute
        for query in MENTIONS:
            execute(SQL(query, id=self.id, erased=ERASED))
        if email:
            for query in ADDRESSES:
                execute(SQL(query, email=email, part=f"%{escape_psql(email)}%"))


#: What goes with an account; rows by user.
ACCOUNT_MODELS = frozenset(
    {
        "auth_totp.device",
        "mail.presence",
        "res.device.log",
        "res.users.apikeys",
        "res.users.settings",
    }
)
#: What is written of a contact elsewhere, by its id.
MENTIONS = (
    "UPDATE citizen_recusal SET reason = %(erased)s WHERE partner_id = %(id)s",
    "UPDATE citizen_legal_hold SET reason = %(erased)s WHERE partner_id = %(id)s",
    "UPDATE citizen_data_handout SET identity = NULL, case_numbers = NULL"
    " WHERE partner_id = %(id)s",
    "UPDATE citizen_erasure SET request = NULL WHERE partner_id = %(id)s",
    "UPDATE mail_message SET email_from = NULL, reply_to = NULL"
    " WHERE author_id = %(id)s",
    "UPDATE mail_notification SET mail_email_address = NULL, failure_reason = NULL"
    " WHERE res_partner_id = %(id)s",
    "DELETE FROM mail_followers WHERE partner_id = %(id)s",
    "DELETE FROM discuss_channel_member WHERE partner_id = %(id)s",
    "DELETE FROM mail_push_device WHERE partner_id = %(id)s",
)
#: The same by the address.
ADDRESSES = (
    "DELETE FROM mail_blacklist WHERE email = %(email)s",
    "DELETE FROM mail_mail WHERE email_to ILIKE %(part)s OR email_cc ILIKE %(part)s",
    "UPDATE mail_message SET incoming_email_to = NULL, incoming_email_cc = NULL,"
    " outgoing_email_to = NULL WHERE incoming_email_to ILIKE %(part)s"
    " OR incoming_email_cc ILIKE %(part)s OR outgoing_email_to ILIKE %(part)s",
)
