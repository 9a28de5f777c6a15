"""Words that mean something: numbers, months and days, and what only frames a sentence."""


def listed(text: str) -> tuple[str, ...]:
    """The words of a text, parted by white space."""
    return tuple(text.split())


UNITS = listed(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
)
TENS = listed("twenty thirty forty fifty sixty seventy eighty ninety")
ORDINALS = listed(
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
)
NUMBER_WORDS = (
    {word: value for value, word in enumerate(UNITS)}
    | {word: 10 * value for value, word in enumerate(TENS, start=2)}
    | {word: value for value, word in enumerate(ORDINALS)}
    | {"dozen": 12, "once": 1, "twice": 2, "thrice": 3, "both": 2, "pair": 2, "half": 50}
)
SCALES = {
    "hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000,
    "trillion": 1_000_000_000_000, "k": 1_000, "m": 1_000_000, "mn": 1_000_000,
    "bn": 1_000_000_000, "b": 1_000_000_000, "tn": 1_000_000_000_000,
}  # fmt: skip
# In a claim these are seldom counts: `one of them`, `at first`, `a second`, `both`.
LOOSE = {"zero", "one", "first", "second", "once", "both", "pair", "half"}

MONTHS = listed(
    "january february march april may june july august september october november december"
)
SHORT_MONTHS = {month[:3]: month for month in MONTHS} | {"sept": "september"}
DAYS = listed("monday tuesday wednesday thursday friday saturday sunday")

HEDGES = frozenset(
    listed(
        "about around approximately roughly nearly almost over under some more less least most up"
    )
)
FRAME = frozenset(
    listed(
        "a about above after again all also although am an and any are as at be because been"
        " before being below between both but by can could did do does doing down during each"
        " either few for from further had has have having he her here hers him his how however i"
        " if in into is it its itself just many may me might more most much must my neither no"
        " nor not now of off on once one only onto or other our out over own per said same say"
        " says several shall she should since so some such than that the their them then there"
        " these they this those through thus to too under until up upon us very was we were what"
        " when where whether which while who whom whose why will with within without would yet"
        " you your"
    )
)

NO_NAMES = FRAME.union(MONTHS, DAYS, SHORT_MONTHS)

OPENERS = frozenset(
    listed(
        "a according after all although an and another as at because before both but by despite"
        " during each even every few for from he her here his how however i if in indeed instead it"
        " it's its many meanwhile moreover most my nevertheless no nor not now of on once one our"
        " several she since so some still such that that's the their then there there's therefore"
        " these they this those though through thus to today unlike until we what when where"
        " whether which while who whose why with without yet you your"
    )
)
"""Begin a sentence and seldom a name: after `U.S.` they tell its end from its middle."""

NO_SUBJECTS = OPENERS.union(
    listed(
        "based consequently due everyone first furthermore given last nobody otherwise overall part"
        " people second somebody someone third tomorrow yes yesterday"
    )
)
"""Begin a sentence and are not the name of its subject."""

COMMON_ENDINGS = ("ly", "ing", "ed", "s", "tion", "ment", "ness", "ive", "ous", "ful", "able")
