"""Reading and appending many rows at once, where record by record would cost most."""

#: Rows that are appended by one statement.
PAGE = 1000


def read_values(records, name):
    """Return a field's value of each record, in their order, without making records.

    :param name: a stored field
    :return: list of values as the cache holds them; of a many2one the id, 0 for none
    """
    field = records._fields[name]
    records._recompute_recordset([name])
    cache = field._get_cache(records.env)
    ids = records.ids
    if not (records.env.su and cache.keys() >= set(ids)):
        records.fetch([name])
    none = 0 if field.type == "many2one" else False
    values = []
    for record_id in ids:
        if record_id not in cache:
            # Gone, or not readable: the base says so.
            records.browse(record_id)[name]  # pylint: disable=expression-not-assigned
        values.append(cache[record_id] or none)
    return values


def append_rows(model, vals_list):
    """Append records as ``create`` would; no column of theirs is to be computed.

    The base's ``create`` looks at each row a dozen times. Here each column is looked at
    once, and what was written is known without being read again.

    :param vals_list: list of dicts of values; all of them name fields with a column
    :return: the records, in the order given
    """
    if not vals_list:
        return model.browse()
    env = model.env
    stamp = dict.fromkeys(("create_uid", "write_uid"), env.uid)
    stamp |= dict.fromkeys(("create_date", "write_date"), env.cr.now())
    names = sorted(set().union(*vals_list))
    written = {
        name: [
            model._fields[name].convert_to_column_insert(vals.get(name), model, vals)
            for vals in vals_list
        ]
        for name in names
    }
    written |= {name: [value] * len(vals_list) for name, value in stamp.items()}
    rows = env.cr.execute_values(
        f"INSERT INTO {model._table} ({', '.join(written)}) VALUES %s RETURNING id",  # noqa: S608
        list(zip(*written.values(), strict=True)),
        page_size=PAGE,
        fetch=True,
    )
    _forget_lists(model, vals_list, names)
    records = model.browse(row_id for (row_id,) in rows)
    for name, field in model._fields.items():
        if field.column_type and name != "id":
            values = [vals.get(name) for vals in vals_list]
            values = [stamp.get(name)] * len(rows) if name in stamp else values
            cached = [field.convert_to_cache(value, model) for value in values]
            field._insert_cache(records, cached)
    records.modified(names, create=True)
    records._validate_fields(names)
    return records


def _forget_lists(model, vals_list, names):
    """Forget who was known to be in a list that new records belong to as well.

    The base then forgets the many2one, too: so before the new ones are known.
    """
    for name in names:
        field = model._fields[name]
        if field.type != "many2one":
            continue
        named = {vals[name] for vals in vals_list if vals.get(name)}
        for inverse in model.pool.field_inverses[field]:
            known = named & inverse._get_cache(model.env).keys()
            if known:
                listing = model.env[field.comodel_name].browse(known)
                listing.invalidate_recordset([inverse.name], flush=False)
