"""The desk: one place in the browser over a folder of dossiers. A page loads, makes one public call, and renders.

    server      opens the desk on loopback, or for an office, and serves it
    application puts the parts together: guard, access, pages
    opening     the first page answers while the others are loaded
    guard       what every answer passes: limits, security headers, one line in the log, no stack trace
    access      who may do what: a table of every route and its roles
    visit       what a page is given: the desk, who asks, and how to render
    door        how a person comes in: one-time links, signed sessions, tokens in forms
    office      many people: the proxy that is believed, and what the register of people lets each of them do
      provider  signing in with an office's own provider (OpenID Connect)
      announced public keys that were made in browsers, and wait to be enrolled
    rates       how often may be asked
    desk        the folder of dossiers, the law, and the answers that were made of them
      shelf     the dossiers as their files stand now
      answers   answers, kept by the digests of what they were made from
        remembered  what was recommended when the desk was open last
      work      long work on the law, each piece in a process of its own
        labour  what is done in that process
      book      the ledger, and acts that wait for a signature
        onrecord  what its entries come to: of each case the assessment that stands, and the proposed changes of law
      changes   changes of a dossier: one at a time, none lost, each can be undone
      beside    files that lie beside a dossier, and that it does not name
    waiting     what waits for a person, in a dossier and beside all of them
    sought      what a list is narrowed to by its address, and the list as a file
    uploads     files that are sent, under names that lead nowhere else
    pages/      one file for each group of pages; those of the first page, and all others
    templates/  what they look like; `parts/` holds what several use
    static/     style and script of our own; `vendor/` holds those of others (see `assets/`)

How a page is added
    1. Write a function into the file of its group in `pages/`, or a new file with a `router`, and name that file in
       `pages/others.py`. The function takes `here: Here` (and `case: Case` where the address names a dossier), makes
       one public call, and returns `here.page("name.html", ...)`. It reasons about nothing: what a page needs to know
       is a function of `reasoning`, `lab` or `reports`, kept through `here.desk.answers`.
    2. Write who may use it into the table of `access.py`. A route that stands in no row is never taken in: the desk
       does not start, or opens no page beside its first. A test walks the table with every role.
    3. Write the template. It extends `base.html`; it holds no script and no style; it can be read without script. What
       a form changes goes by POST, with `{{ csrf() }}` in the form, and comes back by a redirect.
    4. Write its journey in `tests/web/`, with the fixtures `visitor` (without a browser) and `browser` (with one, and
       axe), and look at it as a picture at 1280 and at 390 pixels.
"""
