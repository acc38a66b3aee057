# Set up, run and test Citizen Desk; `make help` lists the targets.
# Everything is done by the Python package dev/, which needs only Python and git.

PYTHON ?= python3
ifneq ($(origin PYTHON),file)
export PYTHON
endif
export DB PORT ODOO_SRC CITIZEN_CRM_CACHE
DEV = command -v $(PYTHON) >/dev/null || { echo "ERROR: $(PYTHON) is not there.\
  -> Install Python 3.11 to 3.13 (on Debian: apt-get install python3), or name it\
  with PYTHON=program." >&2; exit 1; }; $(PYTHON) -m dev

.DEFAULT_GOAL := help
.PHONY: help run start stop setup db dropdb test bench drill load lint import i18n screenshots wheel shell odoo clean distclean

help:  ## list the targets
	@echo "make TARGET [DB=name] [PORT=number] [ODOO_SRC=folder] [PYTHON=program]"
	@grep -E '^[a-z0-9]+:.*  ## ' $(MAKEFILE_LIST) | sed -E 's/:.*  ## /\t/' \
	  | while IFS="$$(printf '\t')" read -r t d; do printf '  %-12s %s\n' "$$t" "$$d"; done

run:  ## serve the demo city at http://localhost:8069 (Ctrl-C stops it)
	@$(DEV) run $(if $(BACKGROUND),--background)

start:  ## the same in the background
	@$(DEV) run --background

stop:  ## stop the servers and PostgreSQL of this clone (PORT=n: that server only)
	@$(DEV) stop $(if $(PORT),--port $(PORT))

setup:  ## fetch what is missing; print the variables to work by hand
	@$(DEV) setup

db:  ## create or update the database DB=name (NODEMO=1: without demo data)
	@$(DEV) db $(if $(NODEMO),--no-demo)

dropdb:  ## remove the database DB=name
	@$(DEV) dropdb

test:  ## all tests and linters (K=expression, ARGS="pytest arguments": pytest only)
	@$(DEV) test $(if $(K),-k '$(K)') $(ARGS)

# Real requests in the layout of New York's open data; without, the mix of the demo city.
REQUESTS ?= $(wildcard ../shared/data/nyc_311_sample.csv)

bench:  ## measure against what is known (QUICK=1: smaller; SCALE=1: a large city alone; CASES=n; REQUESTS=file)
	@$(DEV) bench $(if $(QUICK),--quick) $(if $(SCALE),--scale) $(if $(CASES),--cases '$(CASES)') $(if $(REQUESTS),--requests '$(REQUESTS)')

drill:  ## break servers under load (K=expression); figures: docs/operations.md
	@$(DEV) test -o python_files='drill_*.py' -s tests/faults $(if $(K),-k '$(K)')

load:  ## residents, staff and mails on two workers, 1, 3 and 6 times; figures: docs/operations.md
	@$(DEV) test -o python_files='load_*.py' -s tests/load

lint:  ## the linters (FIX=1: mend what can be mended)
	@$(DEV) lint $(if $(FIX),--fix)

import:  ## import open data: CSV=file [DRY_RUN=1] [LAYOUT=name] [DB=name]
	$(if $(CSV),,$(error Name the file: make import CSV=path/to/file.csv))@$(DEV) import --csv '$(CSV)' $(if $(DRY_RUN),--dry-run) $(if $(LAYOUT),--layout '$(LAYOUT)') $(ARGS)

i18n:  ## write the addon's .pot and .po files anew
	@$(DEV) i18n

screenshots:  ## take the pictures of README.md anew
	@$(DEV) screenshots

wheel:  ## the addon as dist/odoo_addon_citizen_crm-*.whl
	@$(DEV) wheel

shell:  ## Odoo's Python shell on the database
	@$(DEV) shell

odoo:  ## any Odoo command: make odoo ARGS="module upgrade citizen_crm -d name"
	@$(DEV) odoo $(ARGS)

clean:  ## remove what this clone made (databases, environment)
	@$(DEV) clean

distclean:  ## the same, and the shared cache
	@$(DEV) clean --cache
