# Odoo loads the commands of this folder by itself, file by file.
