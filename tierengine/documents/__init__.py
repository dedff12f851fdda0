"""The documents that the statute asks for: from templates kept as data to drafts, and from finished drafts to faults.

From what policy staff keep to what is read back:

    templates  lint  preview    what is kept in `rules/documents/`: kinds, parts, blocks, sentences, words
    matter  blocks              what one document is about; the building blocks that yield facts with their grounds
    draft  writing              a document before any format decides how it looks; a template filled in
    markdown  html  docx  pdf   the formats
    finished  marks             a finished document read back, and cut into sentences with their marks
    claims  checking            a sentence, and then the whole, held against what it stands on
    year  glance  diary         every dossier of a year; in words; its days as a calendar
"""
