"""Set up, run and test the project; the tool behind `make` (standard library only)."""
