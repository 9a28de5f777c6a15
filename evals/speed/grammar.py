"""The grammar and the words of the made-up news in `generator`.

A slot in braces is another rule, a word of that kind, or a name, number, day or year. Words come
with the commonest first. Slots that begin with `own_` hold what the whole article is about.
"""

RULES = {
    "appointment title": ("{own_person} named {own_office} of the {own_place} {own_body}",),
    "appointment lead": (
        "{own_person} was named {own_office} of the {own_place} {own_body} on {own_day}, after"
        " {number} days at {group}.",
    ),
    "appointment asked": (
        "Who was named {own_office} of the {own_place} {own_body}?",
        "Who is the new {own_office} of the {own_place} {own_body}?",
    ),
    "budget title": ("{own_place} {own_body} to spend {own_amount} on {own_thing}",),
    "budget lead": (
        "The {own_place} {own_body} will spend {own_amount} on {own_thing}, {own_person} said on"
        " {own_day}.",
    ),
    "budget asked": ("How much will the {own_place} {own_body} spend on {own_thing}?",),
    "opening title": ("{own_person} opens {own_place} {own_body} without {own_thing}",),
    "opening lead": (
        "The {own_place} {own_body} was opened by {own_person} on {own_day}, {number} days late"
        " and without {own_thing}.",
    ),
    "opening asked": (
        "When was the {own_place} {own_body} opened?",
        "Who opened the {own_place} {own_body}?",
    ),
    "sentence": (
        "{group} {verb} {thing} {when}.",
        "{group} {verb} {thing}, but {group} {verb} {thing}.",
        "{person}, who {verb} {thing} in {place}, said that {thing} was {verb} {when}.",
        "About {number} {people} in {place} {verb} {thing}, {number} percent more than {when}.",
        "“We {verb} {thing} because {thing} was {adjective},” {person} told reporters.",
        "According to {group}, {thing} cost {amount} and helped {number} {people}.",
        "By {day}, {group} had {verb} {thing} and {verb} {thing}.",
        "In {place}, {adjective} {people} {verb} {thing} for {number} days.",
        "{person} did not say whether {thing} would be {verb} {when}.",
        "It was the first time since {year} that {group} {verb} {thing}.",
        "The {noun} was {adjective}, {person} added, and {thing} was {adjective} too.",
        "Only {number} {people} asked by {group} wanted {thing} {verb}.",
    ),
    "group": (
        "the {place} {body}",
        "the {place} {body}",
        "{adjective} {people}",
        "{person}",
        "{people} from {place}",
        "the {noun} {body}",
    ),
    "thing": (
        "the {noun}",
        "the {adjective} {noun}",
        "a {adjective} {noun} in {place}",
        "the {noun} of the {noun}",
        "the {place} {noun}",
    ),
    "when": ("{when_plain}", "{when_plain}", "on {day}", "in {year}", "before {day}"),
    "when_plain": ("a year earlier", "last month", "this week", "for now", "in the spring"),
    "person": ("{first} {name}",),
    "place": ("{name}",),
    "amount": ("{number} million crowns", "{number}.5 million crowns", "{number},000 crowns"),
}

WORDS = {
    kind: tuple(words.split())
    for kind, words in {
        "body": """
            council museum university hospital railway court ministry library institute port
            theatre airport school union parliament bank laboratory fund harbour orchestra festival
            prison market observatory archive foundry brewery cathedral stadium academy""",
        "office": """
            director chair secretary treasurer president head deputy curator inspector conductor
            chancellor rector warden registrar ombudsman""",
        "people": """
            residents workers students members farmers doctors nurses drivers officials voters
            teachers engineers visitors owners tenants researchers miners sailors bakers judges
            pensioners volunteers musicians foresters beekeepers""",
        "first": """
            Anna David Maria James Elena Peter Sara Omar Lucy Tomas Ines Viktor Amina Hugo Petra
            Samuel Nadia Oscar Ruth Felix Leila Martin Clara Ivan Rosa Emil Greta Yusuf Edith Bruno
            Hanna Otto Mirela Jonas Tessa Kofi Freya Anton Salma Cyril""",
        "verb": """
            approved opened closed delayed reviewed rejected supported sold bought moved changed
            replaced repaired published measured planned paid cut extended tested praised dropped
            recorded blamed restored inspected auctioned surveyed renamed halved insured postponed
            leased audited rebuilt exported ignored welcomed doubled shelved dismantled licensed
            photographed subsidised relocated flooded""",
        "adjective": """
            new old large small public local early late high low open closed cheap costly northern
            southern private national rare common quiet heavy modern broken empty famous fragile
            coastal rural urban annual temporary narrow wooden electric medieval frozen disputed
            seasonal experimental unpaid underground volcanic bilingual tidal""",
        "noun": """
            plan report bridge road price budget river station contract house line programme law
            water energy company election project tax rent study bus school bill strike factory
            service tram flood harvest debt pension vaccine record winter island forest mine ferry
            exhibition map garden engine court ruling tower coal wheat cable patent fishery reactor
            choir meadow comet glacier tunnel salary archive telescope novel painting orchard canal
            dam granary quarry vineyard lighthouse mosaic manuscript windmill sculpture aquifer
            turbine satellite herring dialect fossil monastery peatland viaduct reservoir
            observatory inscription shipwreck cello tapestry hedgerow almanac sundial""",
    }.items()
}

SYLLABLES = tuple(
    tuple(part.split(","))
    for part in (
        "Har,Bel,Cor,Dun,Est,Fal,Gren,Hol,Ing,Kel,Lan,Mor,Nor,Ost,Pen,Quar,Ros,Sel,Tor,Ul,Var,Wen,"
        "Yar,Zel,Ash,Bram,Cal,Dor,Fen,Gal",
        "wick,mer,a,en,ing,or,is,o,and,el,ab,un,ar,e,im",
        ",la,ne,ri,so,tu,va,ki,mo,da,be,ro,li,na,se,go",
        "ton,by,ford,ham,sen,ov,ley,stad,grad,ier,ette,ow,mouth,eck,ridge,ano",
    )
)
"""The parts of a name, in order."""

MONTHS = tuple(
    "January February March April May June July August September October November December".split()
)
