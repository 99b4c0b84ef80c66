"""Rehearsing grenssituaties: cases as data (`content/oefeningen/`), played by choices; nothing is kept of who played."""
