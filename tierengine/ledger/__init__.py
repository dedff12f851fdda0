"""The record: what was said, when, by whom and on what, sealed so that a change shows.

From what is known by bytes alone to what people do:

    merkle  notes           the tree and the signed checkpoint, known by bytes alone
    keys  entries           who signs, and what is said
    alike  people           names that look alike; who may write what, with which key
    register                what has been said so far, and the rules that let another entry join it
    store  book             the tables, and the ledger in them: append, find, prove
    acts                    what people do: record, take a position, determine, review, correct, propose, enrol
    findings                what is found out of a proposed change of the law
    verify  replay  words   everything made anew and compared; the engine asked again; entries in words for people
    stands                  what a document may say of a case
    witness  witness_http   a second office that cosigns what only grew, and how it is asked
    cosigning               what a ledger asks of its witnesses
    archive  packet         a case as one file that checks itself
    checker                 the second checker that goes into every packet: it imports nothing from here
"""
