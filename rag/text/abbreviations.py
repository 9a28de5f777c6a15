"""The words that decide whether a full stop ends a sentence, all in lower case, without it."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TITLES = _words("""
    adm amb approx atty brig ca capt cf cmdr col cpl det dr e.g fr gen gov hon i.e insp lt maj
    messrs mr mrs ms mt pfc pres prof pvt rep reps rev sen sens sgt st ste supt viz vs
""")
"""Always followed by what they belong to."""

NUMBERED = _words("art arts ch eq fig figs no nos p para pp sec v vol vols")
"""Followed by a number, as in `No. 10`."""

MONTHS = _words("jan feb mar apr jun jul aug sep sept oct nov dec")

CLOSING = _words("""
    al assn ave blvd bros cie co corp dept dist esq est ext ft inc intl jr ltd mfg mgr natl pty rd
    sq sr tel univ u.s u.k u.n e.u d.c ph.d m.d
    ala ariz ark calif colo conn del fla ga ill ind kan ky la mass md mich minn miss mo mont neb
    nev okla ore pa tenn tex va vt wash wis wyo
""")
"""May stand at the end of a sentence or in the middle, as in `Apple Inc.`"""

CLOCK = MONTHS | _words("""
    monday tuesday wednesday thursday friday saturday sunday
    mon tue tues wed thu thurs fri sat sun
    january february march april may june july august september october november december
    et est edt ct cst cdt mt mst mdt pt pst pdt gmt utc bst cet eastern central pacific local
""")
"""What may follow a time of day, as in `at 5 p.m. Monday`."""

OPENERS = _words("""
    a according after all although an and another as at because before both but by despite during
    each even every few for from he her here his how however i if in indeed instead it it's its
    many meanwhile moreover most my nevertheless no nor not now of on once our several she since
    so some still such that that's the their then there there's therefore these they this those
    though through thus to today unlike until we what when where whether which while who whose
    why with without yet you your
""")
"""Begin a sentence and seldom a name: after `U.S.` they tell its end from its middle."""
