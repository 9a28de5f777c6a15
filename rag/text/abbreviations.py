"""The words that decide whether a full stop ends a sentence, all in lower case, without it."""

from rag.text.vocabulary import DAYS, MONTHS, SHORT_MONTHS, listed

TITLES = frozenset(
    listed("""
        adm amb approx atty brig ca capt cf cmdr col cpl det dr e.g fr gen gov hon i.e insp lt maj
        messrs mr mrs ms mt pfc pres prof pvt rep reps rev sen sens sgt st ste supt viz vs
    """)
)
"""Always followed by what they belong to."""

NUMBERED = frozenset(listed("art arts ch eq fig figs no nos p para pp sec v vol vols"))
"""Followed by a number, as in `No. 10`."""

MONTHS_CUT_SHORT = frozenset(SHORT_MONTHS) - {"may"}

CLOSING = frozenset(
    listed("""
        al assn ave blvd bros cie co corp dept dist esq est ext ft inc intl jr ltd mfg mgr natl pty
        rd sq sr tel univ u.s u.k u.n e.u d.c ph.d m.d
        ala ariz ark calif colo conn del fla ga ill ind kan ky la mass md mich minn miss mo mont neb
        nev okla ore pa tenn tex va vt wash wis wyo
    """)
)
"""May stand at the end of a sentence or in the middle, as in `Apple Inc.`"""

CLOCK = frozenset(DAYS).union(
    MONTHS,
    MONTHS_CUT_SHORT,
    listed("""
        mon tue tues wed thu thurs fri sat sun
        et est edt ct cst cdt mt mst mdt pt pst pdt gmt utc bst cet eastern central pacific local
    """),
)
"""What may follow a time of day, as in `at 5 p.m. Monday`."""
