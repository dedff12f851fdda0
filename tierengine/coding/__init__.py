"""Coding: what helps a person to write a dossier: drafted from sources, in a spreadsheet, from one year to the next."""
