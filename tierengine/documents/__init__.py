"""The documents that the statute asks for: from templates kept as data to drafts, and from finished drafts to faults.

templates  lint         what policy staff keep in `rules/documents/`: kinds, parts, blocks, sentences, words
matter  blocks          what one document is about; the building blocks that yield facts with their grounds
draft  writing          a document before any format decides how it looks; a template filled in
markdown  html  docx  pdf    the formats
finished  checking      a finished document read back, whatever its format, and held against what it stands on
year                    every dossier of a year at a glance
"""
