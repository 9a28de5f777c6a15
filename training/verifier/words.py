"""Small lists of English words and phrases, and the forms of verbs."""

from __future__ import annotations

PREPOSITIONS = frozenset(
    "in on at by from to for with of during under after before about into over between near since "
    "until through against as within around above below behind off out up".split()
)
# Pairs of words or phrases: what a fault, or a harmless edit, puts in the place of what.
OPPOSITES = """
rose/fell increased/decreased higher/lower more/fewer won/lost before/after first/last
largest/smallest best/worst supported/opposed accepted/rejected approved/rejected agreed/refused
began/ended opened/closed north/south east/west northern/southern eastern/western early/late
old/young older/younger male/female men/women father/mother son/daughter brother/sister
husband/wife good/bad high/low major/minor public/private always/never gained/lost inside/outside
above/below buy/sell bought/sold arrived/left up/down guilty/innocent alive/dead most/least
success/failure successful/unsuccessful possible/impossible strong/weak win/lose allowed/banned
allow/ban include/exclude strengthened/weakened positive/negative married/divorced easy/difficult
common/rare majority/minority internal/external ancient/modern richest/poorest rise/fall
"""
HEDGES = """
may/will might/will could/will can/will|plans to/has begun to|plan to/have begun to|allegedly/
reportedly/|is expected to/will|are expected to/will|probably/certainly|likely/certain
is believed to have/has|are believed to have/have|perhaps/certainly|hopes to/will|hope to/will
nearly/more than|about/exactly|around/exactly|almost/fully|proposed/adopted|considering/carrying out
suggests/proves|suggested/proved|believes/knows|wants to/will|tried to/managed to
accused of/guilty of
"""
SCOPES = """
some/all most/all many/all several/all often/always usually/always sometimes/always
generally/always mostly/entirely largely/entirely partly/entirely|one of the/the only
at least/exactly|up to/exactly|a few/all|mainly/only|among the/the
"""
SAME = """
said/stated began/started big/large however/yet about/around also/too bought/purchased
killed/slain help/assist helped/assisted children/kids car/automobile film/movie doctor/physician
buy/purchase near/close_to because/since but/yet many/numerous many/a_lot_of home/house
although/though got/received shows/demonstrates show/demonstrate use/employ used/employed
started/began starts/begins ended/finished wanted/wished big/sizeable whole/entire often/frequently
job/post jobs/posts firm/company nation/country nearly/almost almost/nearly quickly/rapidly
received/got died/passed_away needs/requires need/require important/significant
"""
# The bare form of a verb, its past and its participle.
_FORMS = """
be was been, become became become, begin began begun, break broke broken, bring brought brought,
build built built, buy bought bought, catch caught caught, choose chose chosen, come came come,
cost cost cost, cut cut cut, deal dealt dealt, die died died, draw drew drawn, drive drove driven,
eat ate eaten, fall fell fallen, feel felt felt, fight fought fought, find found found,
fly flew flown, get got gotten, give gave given, go went gone, grow grew grown, have had had,
hear heard heard, hit hit hit, hold held held, keep kept kept, know knew known, lead led led,
leave left left, lose lost lost, make made made, mean meant meant, meet met met, pay paid paid,
put put put, read read read, ride rode ridden, rise rose risen, run ran run, say said said,
see saw seen, sell sold sold, send sent sent, set set set, show showed shown, sing sang sung,
sit sat sat, speak spoke spoken, spend spent spent, stand stood stood, steal stole stolen,
take took taken, teach taught taught, tell told told, think thought thought, throw threw thrown,
win won won, write wrote written, wear wore worn, bear bore born, lie lay lain, seek sought sought
"""
IRREGULAR = {
    bare: (before, participle)
    for bare, before, participle in (form.split() for form in _FORMS.replace("\n", " ").split(","))
}
PARTICIPLES = frozenset(participle for _, participle in IRREGULAR.values())
_REGULAR = frozenset(
    """
    accept achieve act add adopt affect agree allow announce appear apply appoint approve argue
    arrive ask assume attack attend attract award base believe belong call carry cause change claim
    close collect commit compare compete complete compose conduct connect consider consist contain
    continue contribute control convert cover create cross crown declare defeat define deliver
    demand depend describe design destroy determine develop differ direct discover discuss
    divide earn elect employ enable encourage end enter establish estimate exist expand expect
    experience explain express extend face fail feature flow focus follow force form found gain
    govern graduate happen help host identify import improve include increase influence inhabit
    inspire intend introduce invade invent invest involve issue join kill lack last launch learn
    like limit link live locate look love maintain manage mark marry measure mention move name need
    offer open operate oppose order organize originate own participate pass perform permit place
    plan play point possess practice prefer present prevent produce promote propose protect prove
    provide publish pull purchase push raise reach receive recognize recommend record reduce refer
    refuse regard reject release remain remove replace report represent request require reside
    resign respond result return reveal rule save score separate serve settle share sign spread
    start state stay stop study succeed suffer suggest support surround survive talk target tend
    train transfer travel treat try turn use value view visit vote want watch work
    """.split()
)
_VOWELS = "aeiou"


def past(verb: str) -> str:
    """The past of a bare verb."""
    if verb in IRREGULAR:
        return IRREGULAR[verb][0]
    if verb.endswith("e"):
        return f"{verb}d"
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return f"{verb[:-1]}ied"
    doubled = verb in {"stop", "plan", "commit", "refer", "prefer", "permit", "transfer", "control"}
    return f"{verb}{verb[-1]}ed" if doubled else f"{verb}ed"


def third(verb: str) -> str:
    """The form of a bare verb after "he"."""
    if verb in ("be", "have"):
        return {"be": "is", "have": "has"}[verb]
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return f"{verb[:-1]}ies"
    return f"{verb}es" if verb.endswith(("s", "sh", "ch", "x", "z", "o")) else f"{verb}s"


_BARE = _REGULAR | set(IRREGULAR)
_VERBS = frozenset(
    {*_BARE, *map(past, _BARE), *map(third, _BARE), *PARTICIPLES, "is", "was", "are", "were", "has"}
)


def is_verb(word: str) -> bool:
    """Is a lower-case word a form of one of the verbs listed here?"""
    return word in _VERBS
