#!/bin/sh
# Restore a backup as a new database: restore.sh TARGET DATABASE FILESTORE
#
# Nothing that exists is touched: neither DATABASE nor FILESTORE may be there.
# To try a backup beside the desk in use, run `odoo neutralize -d DATABASE` before a
# server is started on it: or its copy would send the mails that wait, once more.
set -eu

if [ $# -ne 3 ]; then
    echo "usage: restore.sh TARGET DATABASE FILESTORE" >&2
    exit 2
fi
target=$1 database=$2 filestore=$3
here=$(dirname "$0")

for part in dump filestore hashes; do
    if [ ! -e "$target/$part" ]; then
        echo "$target has no $part: this is no backup of backup.sh." >&2
        exit 1
    fi
done
if [ -e "$filestore" ]; then
    echo "$filestore exists already: restore under a new name." >&2
    exit 1
fi
createdb --template=template0 --encoding=UTF8 "$database"
pg_restore --exit-on-error --no-owner --jobs=2 --dbname="$database" "$target/dump"
mkdir -p "$(dirname "$filestore")"
cp -Rp "$target/filestore" "$filestore"

psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 \
    --command="SELECT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL
               GROUP BY store_fname" "$database" |
    while read -r file; do
        [ -e "$filestore/$file" ] || echo "missing: $file"
    done >"$filestore/missing"
if [ -s "$filestore/missing" ]; then
    echo "$(wc -l <"$filestore/missing") files are missing, see $filestore/missing." >&2
    exit 1
fi
rm "$filestore/missing"
psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 \
    --file="$here/hashes.sql" "$database" >"$filestore/hashes"
if cmp -s "$target/hashes" "$filestore/hashes"; then
    echo "Restored $database: cases, history, ledger and evaluations are equal."
else
    echo "Restored $database. It differs from what was there when the backup ended:"
    diff "$target/hashes" "$filestore/hashes" || true
    echo "This is so if people worked during the backup; else look into it."
fi
rm "$filestore/hashes"
