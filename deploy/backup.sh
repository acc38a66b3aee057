#!/bin/sh
# Back up a database and its files: backup.sh DATABASE FILESTORE TARGET
#
# The database keeps serving. TARGET is a new folder, complete or not there at all.
# PG* variables say where PostgreSQL is. FILESTORE is <data_dir>/filestore/DATABASE.
set -eu

if [ $# -ne 3 ]; then
    echo "usage: backup.sh DATABASE FILESTORE TARGET" >&2
    exit 2
fi
database=$1 filestore=$2 target=$3
here=$(dirname "$0")

if [ -e "$target" ]; then
    echo "$target exists already: name a new folder." >&2
    exit 1
fi
if [ ! -d "$filestore" ]; then
    echo "$filestore is not there: name the folder with the files of $database." >&2
    exit 1
fi
unfinished=$target.part
rm -rf "$unfinished"
mkdir -p "$unfinished/filestore"
trap 'rm -rf "$unfinished"' EXIT

# Files never change, they only come and go. Copied before and after the dump, the copy
# has every file that the dump speaks of, also one that is thrown away meanwhile.
copy_files() {
    (cd "$filestore" && find . -type f ! -path './checklist/*' | sort) |
        while read -r file; do
            [ -e "$unfinished/filestore/$file" ] && continue
            mkdir -p "$unfinished/filestore/$(dirname "$file")"
            # Thrown away between being listed and being copied.
            cp -p "$filestore/$file" "$unfinished/filestore/$file" 2>/dev/null ||
                [ ! -e "$filestore/$file" ]
        done
}

copy_files
pg_dump --format=custom --compress=1 --file="$unfinished/dump" "$database"
copy_files
# Of the moment after the dump: equal to what is restored if nobody worked meanwhile.
psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 \
    --file="$here/hashes.sql" "$database" >"$unfinished/hashes"
mv "$unfinished" "$target"
trap - EXIT
echo "Backed up $database: $(du -sh "$target" | cut -f1) in $target."
