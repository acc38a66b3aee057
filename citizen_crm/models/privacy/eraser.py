"""Blank the data of persons in whatever belongs to some records.

How it works: from cases (or a contact) on, the fields of all models tell which rows
belong to them; each row remembers whose it is, so the proof can count. Then every text
in these rows goes, but for ``kept_columns``, and so does every link to a person who is
not staff. All of it is SQL: the history, the ledger and other tables refuse changes to
everybody, and erasing after retention is the one exception. A few statements a table
serve a whole batch.
"""

from collections import Counter, defaultdict

from odoo.tools import SQL

from .kept_columns import DELETED, ERASED, KEPT, PASSED_OVER, TOLD_KINDS

TEXT_TYPES = frozenset({"char", "text", "html", "json", "properties", "binary"})
PEOPLE = ("res.partner", "res.users", "citizen.citizen", "citizen.customer")


class Eraser:
    """The rows that belong to some records, and what is done to them.

    :ivar rows: model -> row id -> the record it belongs to, e.g. a case id
    """

    def __init__(self, env):
        self.env = env(su=True)
        self.env.flush_all()
        self.rows = defaultdict(dict)

    # ---------------------------------------------------------------- finding
    def add(self, model, owners):
        """Take rows in, and whatever belongs to them.

        :param owners: dict row id -> the record it belongs to
        """
        new = {
            row: owner for row, owner in owners.items() if row not in self.rows[model]
        }
        if not new:
            return
        self.rows[model].update(new)
        for dependent, query in self._select_dependents(model, list(new)):
            found = self.env.execute_query(query)
            self.add(dependent, {row: new[target] for row, target in found})

    def _select_dependents(self, model, ids):
        """Return pairs ``(model, SQL of row id and target id)``."""
        for dependent in self._get_tables():
            table = SQL.identifier(dependent._table)
            for field in dependent._fields.values():
                if not field.store:
                    continue
                name = SQL.identifier(field.name)
                if field.type == "many2one" and self._belongs(dependent, field, model):
                    condition = SQL("%s = ANY(%s)", name, ids)
                elif field.type == "many2one_reference":
                    condition = SQL(
                        "%s = ANY(%s) AND %s = %s",
                        name,
                        ids,
                        SQL.identifier(field.model_field),
                        model,
                    )
                elif field.type == "many2many" and dependent._name == model:
                    if field.comodel_name == "ir.attachment":
                        yield "ir.attachment", self._select_files(field, ids)
                    continue
                else:
                    continue
                yield (
                    dependent._name,
                    SQL("SELECT id, %s FROM %s WHERE %s", name, table, condition),
                )

    def _get_tables(self):
        registry = self.env.registry
        return [
            self.env[name]
            for name, model in registry.items()
            if model._auto and not model._abstract and name not in PASSED_OVER
        ]

    def _belongs(self, dependent, field, model):
        """Tell whether rows with this field belong to the row that it points to."""
        if field.comodel_name != model or dependent._name == model:
            return False
        if model == "helpdesk.ticket" or field.required:
            return model not in PEOPLE
        if model == "mail.message":
            return not dependent._name.startswith("discuss.")
        return field.ondelete == "cascade" and model not in PEOPLE

    def _select_files(self, field, ids):
        """Select files of a message or draft; not those that are another record's."""
        return SQL(
            """
            SELECT link.%(file)s, link.%(row)s FROM %(relation)s AS link
              JOIN ir_attachment AS file ON file.id = link.%(file)s
             WHERE link.%(row)s = ANY(%(ids)s)
               AND (coalesce(file.res_id, 0) = 0 OR file.res_model = 'helpdesk.ticket'
                    OR starts_with(file.res_model, 'mail.'))
            """,
            file=SQL.identifier(field.column2),
            row=SQL.identifier(field.column1),
            relation=SQL.identifier(field.relation),
            ids=ids,
        )

    # ---------------------------------------------------------------- blanking
    def erase(self, people=()):
        """Blank or delete all rows taken in; return the counts by record.

        :param people: ids of partners whose links go even if they are staff
        :return: dict record -> ``Counter`` of rows by model
        """
        counts = self._count()
        deleted = [name for name in self.rows if self._is_deleted(self.env[name])]
        # What hangs on other rows goes before them.
        for name in sorted(deleted, key=lambda name: name == "ir.attachment"):
            self._delete(self.env[name], list(self.rows[name]))
        for name, owners in self.rows.items():
            if name not in deleted and owners:
                self._blank(self.env[name], list(owners), list(people))
        self.env.invalidate_all(flush=False)
        return counts

    def delete(self):
        """Delete all rows taken in, what hangs on others before them.

        :return: as of ``erase``
        """
        counts = self._count()
        for name in reversed(list(self.rows)):
            if self.rows[name]:
                self._delete(self.env[name], list(self.rows[name]))
        self.env.invalidate_all(flush=False)
        return counts

    def _count(self):
        """Return dict record -> ``Counter`` of the rows taken in, by model."""
        counts = defaultdict(Counter)
        for model, owners in self.rows.items():
            for owner in owners.values():
                counts[owner][model] += 1
        return counts

    def _is_deleted(self, model):
        return model._name in DELETED or model._transient

    def _delete(self, model, ids):
        if model._name == "ir.attachment":
            # By the ORM, which lets go of the stored file as well.
            model.browse(ids).exists().unlink()
            return
        self.env.cr.execute(
            SQL("DELETE FROM %s WHERE id = ANY(%s)", SQL.identifier(model._table), ids)
        )

    def _blank(self, model, ids, people):
        table = SQL.identifier(model._table)
        self._delete_orphans(model, ids, people)
        changes = [
            *self._blank_texts(model),
            *self._forget_people(model, people),
        ]
        if changes:
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s WHERE id = ANY(%s)",
                    table,
                    SQL(", ").join(changes),
                    ids,
                )
            )
        self._unlink_people(model, ids, people)

    def _blank_texts(self, model):
        """Return assignments that blank the texts of a table."""
        kept = KEPT.get(model._name, set()) | {
            field.model_field
            for field in model._fields.values()
            if field.type == "many2one_reference"
        }
        unique = self._get_unique_columns(model)
        for field in model._fields.values():
            if not (field.store and field.column_type and field.type in TEXT_TYPES):
                continue
            column = SQL.identifier(field.name)
            if field.name not in kept:
                yield SQL("%s = %s", column, self._get_blank(field, unique))
            elif model._name == "citizen.case.event":
                yield SQL(
                    "%s = CASE WHEN kind = ANY(%s) THEN %s END",
                    column,
                    list(TOLD_KINDS),
                    column,
                )

    def _get_blank(self, field, unique):
        """Return what stands in a column when its text is gone."""
        if not field.required:
            return SQL("NULL")
        if field.column_type[0] == "jsonb":
            return SQL("jsonb_build_object('en_US', %s)", ERASED)
        if field.column_type[0] == "bytea":
            return SQL("''::bytea")
        if field.name in unique:
            return SQL("'(erased ' || id || ')'")
        return SQL("%s", "" if field.type == "html" else ERASED)

    def _get_unique_columns(self, model):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT attribute.attname FROM pg_index
                  JOIN pg_attribute AS attribute ON attribute.attrelid = indrelid
                   AND attribute.attnum = ANY(indkey)
                 WHERE indisunique AND indrelid = %s::regclass
                """,
                model._table,
            )
        )
        return {name for (name,) in rows}

    # ------------------------------------------------------------------ people
    def _forget_people(self, model, people):
        """Return assignments that drop the links to people who are not staff."""
        for field in model._fields.values():
            if not (
                field.store
                and field.type == "many2one"
                and field.comodel_name in PEOPLE
                and not field.required
            ):
                continue
            column = SQL.identifier(field.name)
            yield SQL(
                "%s = CASE WHEN %s THEN %s END",
                column,
                self._is_staff(field.comodel_name, column, people),
                column,
            )

    def _is_staff(self, comodel, column, people):
        """Return the condition that a link to a person may stay."""
        if comodel in ("citizen.citizen", "citizen.customer"):
            return SQL("FALSE")
        link = SQL("id" if comodel == "res.users" else "partner_id")
        return SQL(
            "%(column)s IN (SELECT %(link)s FROM res_users WHERE share IS NOT TRUE"
            " AND NOT partner_id = ANY(%(people)s))",
            column=column,
            link=link,
            people=people,
        )

    def _delete_orphans(self, model, ids, people):
        """Delete rows that cannot be without a person who is not staff."""
        for field in model._fields.values():
            if (
                field.store
                and field.type == "many2one"
                and field.required
                and field.comodel_name in PEOPLE
                and model._name not in PEOPLE
            ):
                column = SQL.identifier(field.name)
                self.env.cr.execute(
                    SQL(
                        "DELETE FROM %s WHERE id = ANY(%s) AND NOT %s",
                        SQL.identifier(model._table),
                        ids,
                        self._is_staff(field.comodel_name, column, people),
                    )
                )

    def _unlink_people(self, model, ids, people):
        """Drop people who are not staff from the lists of a table's rows."""
        for field in model._fields.values():
            if field.type != "many2many" or not field.store or not field.relation:
                continue
            if field.comodel_name not in PEOPLE:
                continue
            column = SQL.identifier(field.column2)
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE %s = ANY(%s) AND NOT %s",
                    SQL.identifier(field.relation),
                    SQL.identifier(field.column1),
                    ids,
                    self._is_staff(field.comodel_name, column, people),
                )
            )
