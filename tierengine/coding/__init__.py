"""Coding: what helps a person to write a dossier, in a spreadsheet and from one year to the next."""
