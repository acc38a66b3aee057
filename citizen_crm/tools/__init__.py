"""Decisions as pure functions: no ORM import here, so they can be tested alone."""
