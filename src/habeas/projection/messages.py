"""What is said of a scenario file that cannot be projected, in English and Spanish.

The keys are codes, with a variant behind a dot where one code has several sentences.
"""

from dataclasses import replace

from habeas.errors import Fault

# key: (what, what to do) in English, then in Spanish
MESSAGES: dict[str, tuple[str, str, str, str]] = {
    "H806": (
        "{where} is {value}, below zero",
        "Write a number that is not negative.",
        "{where} es {value}, menor que cero",
        "Escriba un número que no sea negativo.",
    ),
    "H806.finite": (
        "{where} is no finite number",
        "Write a number.",
        "{where} no es un número finito",
        "Escriba un número.",
    ),
    "H806.zero": (
        "{where} is {value}, and must be above zero",
        "Write a number above zero.",
        "{where} es {value} y debe ser mayor que cero",
        "Escriba un número mayor que cero.",
    ),
    "H806.share": (
        "{where} is {value}, and a share lies between 0 and 1",
        "Write 0.3 for thirty in a hundred.",
        "{where} es {value} y una proporción está entre 0 y 1",
        "Escriba 0.3 para treinta de cada cien.",
    ),
    "H806.many": (
        "{where} is {value}, above {most}",
        "Split the stream into several.",
        "{where} es {value}, más de {most}",
        "Divida el flujo en varios.",
    ),
    "H806.between": (
        "{where} is {value}, not between {least} and {most}",
        "Write a number within these bounds.",
        "{where} es {value}, fuera de {least} a {most}",
        "Escriba un número dentro de esos límites.",
    ),
    "H806.count": (
        "{where} has {many:,} {word}, and at most {most:,} can be projected",
        "Leave some out, or join those that are alike.",
        "{where} tiene {many:,} {palabra}, y se proyectan como máximo {most:,}",
        "Quite algunos, o una los que sean iguales.",
    ),
    "H806.rate": (
        "{where} comes to {value} a day at its highest, above {most}",
        "Narrow its range, its growth or that of the world, or split the stream into several.",
        "{where} llega como máximo a {value} al día, más de {most}",
        "Estreche su intervalo, su crecimiento o el del mundo, o divida el flujo en varios.",
    ),
    "H806.persons": (
        "{where} come to {value} persons at their highest, above {most}",
        "Lower the rates, or shorten the scenario.",
        "{where} llegan como máximo a {value} personas, más de {most}",
        "Baje las tasas, o acorte el escenario.",
    ),
    "H806.money": (
        "{where} could come to more money than is counted exactly",
        "Write a smaller sum, or narrow its range or that of its growth.",
        "{where} podría llegar a más dinero del que se cuenta con exactitud",
        "Escriba una suma menor, o estreche su intervalo o el de su crecimiento.",
    ),
    "H806.factor": (
        "{where} multiplies prices by more than {most} within {years} years",
        "Write a smaller growth, or shorten the scenario.",
        "{where} multiplica los precios por más de {most} en {years} años",
        "Escriba un crecimiento menor, o acorte el escenario.",
    ),
    "H806.growth": (
        "{where} is {value}, outside {least} to {most} a year",
        "Write 0.03 for three in a hundred more each year.",
        "{where} es {value}, fuera de {least} a {most} al año",
        "Escriba 0.03 para tres de cada cien más cada año.",
    ),
    "H806.batch": (
        "{where} is {value}, and a group has more than one person on average",
        "Write a number above 1, or take the batches out.",
        "{where} es {value}, y un grupo tiene de media más de una persona",
        "Escriba un número mayor que 1, o quite batches.",
    ),
    "H807": (
        "the range {where} is upside down: low {low}, high {high}",
        "Exchange the two.",
        "el intervalo {where} está al revés: low {low}, high {high}",
        "Intercambie los dos.",
    ),
    "H807.point": (
        "{where} is a point, and what nobody knows is a range",
        "Say from where to where it may be.",
        "{where} es un punto, y lo que nadie sabe es un intervalo",
        "Diga desde dónde hasta dónde puede estar.",
    ),
    "H807.none": (
        "{where} is no whole range",
        "Give low and high, about and spread, or for a share about and like.",
        "{where} no es un intervalo completo",
        "Indique low y high, about y spread, o para una proporción about y like.",
    ),
    "H807.two": (
        "{where} has two forms at once",
        "Keep one: low and high, about and spread, or for a share about and like.",
        "{where} tiene dos formas a la vez",
        "Deje una: low y high, about y spread, o para una proporción about y like.",
    ),
    "H807.like": (
        "{where} is no share, and `like` is of a share",
        "Give low and high, or about and spread.",
        "{where} no es una proporción, y `like` es de una proporción",
        "Indique low y high, o about y spread.",
    ),
    "H807.spread": (
        "{where} is a share, and with about and spread it could be more than 1",
        "Give low and high, or about and like.",
        "{where} es una proporción, y con about y spread podría pasar de 1",
        "Indique low y high, o about y like.",
    ),
    "H807.plain": (
        "{where} is a plain number, and no range of assumed.world.{factor} multiplies it",
        "Write a range here, or give that one.",
        "{where} es un número solo, y ningún intervalo de assumed.world.{factor} lo multiplica",
        "Escriba aquí un intervalo, o indique aquel.",
    ),
    "H807.law": (
        "{where} would widen who may be sent, and rules are applied",
        "Take it out: the rules say who may be sent.",
        "{where} ampliaría a quién se puede enviar, y las reglas se aplican",
        "Quítelo: las reglas dicen a quién se puede enviar.",
    ),
    "H808": (
        "{where} names no source",
        'Write a key of library/sources.toml, or "assumption".',
        "{where} no indica fuente",
        'Escriba una clave de library/sources.toml, o "assumption".',
    ),
    "H808.unknown": (
        "{where} names the unknown source '{name}'",
        '{near} Else write "assumption".',
        "{where} nombra la fuente desconocida '{name}'",
        '{cerca} Si no, escriba "assumption".',
    ),
    "H808.why": (
        "{where} is given, stands on an assumption, and says nothing of why",
        "Add a note, or a key of library/sources.toml.",
        "{where} está dado, se apoya en un supuesto y no dice por qué",
        "Añada una nota, o una clave de library/sources.toml.",
    ),
    "H809": (
        "{where} names the unknown {kind} '{name}'",
        "{near}",
        "{where} nombra {clase} '{name}', que no existe",
        "{cerca}",
    ),
    "H809.key": (
        "{where} changes '{name}', which deal '{deal}' does not have",
        "Write a key below the deal, such as places or fees.items.0.minor_per_person_day.",
        "{where} cambia '{name}', que el acuerdo '{deal}' no tiene",
        "Escriba una clave del acuerdo, como places o fees.items.0.minor_per_person_day.",
    ),
    "H809.value": (
        "{where} sets '{name}' to {value}: {told}",
        "Write a value that the key takes.",
        "{where} pone '{name}' en {value}: {told}",
        "Escriba un valor que la clave admita.",
    ),
    "H810": (
        "{where}: {first} is not before {last}",
        "Put the days in order: the first is in, the last is out.",
        "{where}: {first} no es anterior a {last}",
        "Ordene los días: el primero incluido, el último excluido.",
    ),
    "H810.long": (
        "the scenario runs more than {years} years",
        "End it sooner.",
        "el escenario dura más de {years} años",
        "Termínelo antes.",
    ),
    "H810.era": (
        "{where}: {day} is not between {first} and {last}",
        "Write a day of these centuries.",
        "{where}: {day} no está entre {first} y {last}",
        "Escriba un día de estos siglos.",
    ),
    "H810.outside": (
        "{where}: {day} is outside the scenario",
        "Write a day from {first} on, before {last}.",
        "{where}: {day} está fuera del escenario",
        "Escriba un día desde {first} y antes de {last}.",
    ),
    "H810.late": (
        "{where}: the stock of {day} is later than the first day, {first}",
        "Begin the scenario on that day, or take an earlier stock.",
        "{where}: la población de {day} es posterior al primer día, {first}",
        "Empiece el escenario ese día, o tome una población anterior.",
    ),
    "H815": (
        "'{name}' has {places} places, and {allowed} fit at {measure}",
        'Lower the places, take the standard out, or write rules = "set_aside".',
        "'{name}' tiene {places} plazas, y caben {allowed} según {measure}",
        'Baje las plazas, quite la norma o escriba rules = "set_aside".',
    ),
    "H815.beds": (
        "'{name}' has {places} places and {allowed} beds",
        'Lower the places, take the standards out, or write rules = "set_aside".',
        "'{name}' tiene {places} plazas y {allowed} camas",
        'Baje las plazas, quite las normas o escriba rules = "set_aside".',
    ),
    "H815.told": (
        "'{name}' has {places} places, and {allowed} fit at {measure}",
        "It is said, not refused: no standard is claimed, or rules are set aside.",
        "'{name}' tiene {places} plazas, y caben {allowed} según {measure}",
        "Se dice y no se rechaza: no se invoca norma alguna, o las reglas se apartan.",
    ),
    "H815.beds_told": (
        "'{name}' has {places} places and {allowed} beds",
        "It is said, not refused: no standard is claimed, or rules are set aside.",
        "'{name}' tiene {places} plazas y {allowed} camas",
        "Se dice y no se rechaza: no se invoca norma alguna, o las reglas se apartan.",
    ),
    "H815.deal": (
        "deal '{name}' may fill {places} places, and its facilities have {allowed}",
        "Lower its places, or name another facility.",
        "el acuerdo '{name}' puede llenar {places} plazas, y sus establecimientos tienen {allowed}",
        "Baje sus plazas, o nombre otro establecimiento.",
    ),
    "H815.cells": (
        "'{name}' does not say its cells whole, or says them twice",
        "Give library alone, or cells and cell_cm2, or none of them.",
        "'{name}' no indica sus celdas por entero, o las indica dos veces",
        "Indique solo library, o cells y cell_cm2, o nada de ello.",
    ),
    "H815.none": (
        "'{name}' has no places",
        "Give at least one row of places.",
        "'{name}' no tiene plazas",
        "Indique al menos una fila de places.",
    ),
    "H816": (
        "stream '{name}' must say how many: a rate a day, or persons on a day",
        "Give referrals_a_day, or persons and on.",
        "el flujo '{name}' debe decir cuántos: una tasa al día, o personas en un día",
        "Indique referrals_a_day, o persons y on.",
    ),
    "H816.day": (
        "stream '{name}' has {persons} persons and no day",
        "Give `on`, the day on which they are put forward.",
        "el flujo '{name}' tiene {persons} personas y ningún día",
        "Indique `on`, el día en que se proponen.",
    ),
    "H816.once": (
        "stream '{name}' is put forward on one day, so {key} says nothing",
        "Take it out.",
        "el flujo '{name}' se propone en un solo día, así que {key} no dice nada",
        "Quítelo.",
    ),
    "H816.stay": (
        "the {law} stay of stream '{name}' lacks {key}",
        "Give it.",
        "a la estancia {law} del flujo '{name}' le falta {key}",
        "Indíquelo.",
    ),
    "H816.table": (
        "the table of stays of stream '{name}' does not rise from 0, or has fewer than two steps",
        "Write the quantiles at equal steps from 0 to 1, in days.",
        "la tabla de estancias del flujo '{name}' no sube desde 0, o tiene menos de dos pasos",
        "Escriba los cuantiles a pasos iguales de 0 a 1, en días.",
    ),
    "H816.who": (
        "stream '{name}' does not say who of them may be sent",
        "Give a docket to screen; where rules are set aside, eligible does.",
        "el flujo '{name}' no dice quiénes de ellos pueden ser enviados",
        "Indique un docket para examinar; con las reglas apartadas basta eligible.",
    ),
    "H817": (
        "the docket of stream '{name}' names {fact}, which no docket may state here",
        "Take it out: the deal says it.",
        "el docket del flujo '{name}' nombra {fact}, que aquí ningún docket puede indicar",
        "Quítelo: lo dice el acuerdo.",
    ),
    "H817.agreement": (
        "stream '{name}' has a docket, and its deal no agreement whose rules could screen it",
        "Name an agreement in the deal, or give eligible alone.",
        "el flujo '{name}' tiene un docket, y su acuerdo ninguno cuyas reglas lo examinen",
        "Nombre un agreement en el acuerdo, o indique solo eligible.",
    ),
    "H817.value": (
        "the docket of stream '{name}' gives {fact} as '{value}': {told}",
        "{fix}",
        "el docket del flujo '{name}' da {fact} como '{value}': {told}",
        "{fix}",
    ),
    "H817.weight": (
        "the docket of stream '{name}' gives {fact} no weight at all",
        "Give at least one value a weight above zero.",
        "el docket del flujo '{name}' no da ningún peso a {fact}",
        "Dé a algún valor un peso mayor que cero.",
    ),
    "H817.yes": (
        "stream '{name}' says of how many {fact} is so, and it is no yes or no",
        "State its values in the docket.",
        "el flujo '{name}' dice de cuántos es cierto {fact}, que no es un sí o no",
        "Indique sus valores en el docket.",
    ),
    "H817.twice": (
        "stream '{name}' gives {fact} in its docket and under yes",
        "Keep one of the two.",
        "el flujo '{name}' da {fact} en su docket y en yes",
        "Deje uno de los dos.",
    ),
    "H817.floor": (
        "the docket of stream '{name}' plans {value} m2 a person; the cells have at most {most}",
        "Lower it, or the places: that is the floor of each when the places are full.",
        "el docket del flujo '{name}' prevé {value} m2 por persona, y las celdas tienen {most}",
        "Bájelo, o las plazas: es el suelo de cada una con las plazas llenas.",
    ),
    "H818": (
        "{kind} '{name}' stands twice",
        "Give each an id of its own.",
        "{clase} '{name}' está dos veces",
        "Dé a cada uno un id propio.",
    ),
    "H818.alike": (
        "streams '{name}' and '{other}' get the same number of chance",
        "Rename one of them.",
        "los flujos '{name}' y '{other}' reciben el mismo número de azar",
        "Cambie el nombre de uno.",
    ),
    "H819": (
        "{agreement} does not bind {key} '{value}'",
        "It binds {bound}.",
        "{agreement} no obliga a {key} '{value}'",
        "Obliga a {bound}.",
    ),
    "H819.money": (
        "the fees of deal '{name}' are in {money}, the scenario is in {own}",
        "Write the scenario in the currency of its fees.",
        "los precios del acuerdo '{name}' están en {money}, el escenario en {own}",
        "Escriba el escenario en la moneda de sus precios.",
    ),
    "H819.self": (
        "deal '{name}' sends from {state} to {state}",
        "Name two states.",
        "el acuerdo '{name}' envía de {state} a {state}",
        "Nombre dos Estados.",
    ),
    "H819.nobody": (
        "the scenario has no deal",
        "State at least one under [[given.deals]].",
        "el escenario no tiene ningún acuerdo",
        "Indique al menos uno en [[given.deals]].",
    ),
    "H819.none": (
        "deal '{name}' names no facility",
        "Name those that it fills, in their order.",
        "el acuerdo '{name}' no nombra ningún establecimiento",
        "Nombre los que llena, en su orden.",
    ),
    "H820": (
        "no shipped scenario '{name}'",
        "{near} `habeas project --list` shows them.",
        "ningún escenario incluido se llama '{name}'",
        "{cerca} `habeas project --list` los muestra.",
    ),
    "H820.case": (
        "the docket of stream '{name}' makes cases that cannot be judged: {told}",
        "Correct its values: {fix}",
        "el docket del flujo '{name}' produce casos que no pueden juzgarse: {told}",
        "Corrija sus valores: {fix}",
    ),
}


def placed(key: str, file: str, line: int, /, **said: object) -> Fault:
    """A fault of the catalogue at a line of a file; line 0 where it has none."""
    what, fix, que, remedio = (part.format(**said) for part in MESSAGES[key])
    fault = Fault(key.partition(".")[0], what, fix, spanish=(que, remedio))
    return replace(fault, file=file, line=line)
