"""Every message about rule texts (H1xx), English and Spanish; those about files are beside.

The keys are codes, with a variant behind a dot where one code has several sentences. A message
says what and what to do; where it stands is the fault's own line and column.
"""

from dataclasses import replace

from habeas.errors import Fault
from habeas.law.messages_of_files import OF_FILES

# key: (what, what to do) in English, then in Spanish
MESSAGES: dict[str, tuple[str, str, str, str]] = OF_FILES | {
    "H101": (
        "unknown fact '{name}'",
        "{near}",
        "hecho desconocido '{name}'",
        "{cerca}",
    ),
    "H102": (
        "'{name}' has no value '{value}'",
        "Declared values: {values}.",
        "'{name}' no tiene el valor '{value}'",
        "Valores declarados: {values}.",
    ),
    "H103": (
        "cannot compare {left} with {right}",
        "Compare values of one type.",
        "no se puede comparar {izq} con {der}",
        "Compare valores de un mismo tipo.",
    ),
    "H103.days": (
        "cannot compare {left} with {right}",
        "Did you mean DAYS_BETWEEN(as_of, {name}) {op} {value}?",
        "no se puede comparar {izq} con {der}",
        "¿Quiso decir DAYS_BETWEEN(as_of, {name}) {op} {value}?",
    ),
    "H103.unit": (
        "cannot compare {left} in {one} with {right} in {other}",
        "Compare values of one unit.",
        "no se puede comparar {izq} en {one} con {der} en {other}",
        "Compare valores de una misma unidad.",
    ),
    "H103.kind": (
        "{what} needs {wanted}, but '{text}' is {kind}",
        "Give {wanted}.",
        "{what} necesita {falta}, pero '{text}' es {clase}",
        "Indique {falta}.",
    ),
    "H104": (
        "a rule must be yes or no, but '{text}' is {kind}",
        "Compare it with a value.",
        "una regla debe ser sí o no, pero '{text}' es {clase}",
        "Compárelo con un valor.",
    ),
    "H105": (
        "{word} needs yes or no on each side; '{text}' is {kind}",
        "Compare it with a value.",
        "{word} necesita sí o no a cada lado; '{text}' es {clase}",
        "Compárelo con un valor.",
    ),
    "H106": (
        "'{op}' needs numbers or dates; '{text}' is {kind}",
        "Use =, <> or IN.",
        "'{op}' necesita números o fechas; '{text}' es {clase}",
        "Use =, <> o IN.",
    ),
    "H107": (
        "{number} is finer than the unit that it meets is kept",
        "Keep to steps of 1/{scale}.",
        "{number} es más fino que la unidad con la que se encuentra",
        "Use pasos de 1/{scale}.",
    ),
    "H107.form": (
        "'{text}' is not a number of this language",
        "Write digits and a decimal point, such as 4.5.",
        "'{text}' no es un número de este lenguaje",
        "Escriba cifras y un punto decimal, como 4.5.",
    ),
    "H107.factor": (
        "{number} is no whole number",
        "Multiply by whole numbers: write a * 100 < b * 85 for a share of 0.85.",
        "{number} no es un número entero",
        "Multiplique por enteros: escriba a * 100 < b * 85 para una parte de 0.85.",
    ),
    "H108": (
        "dates take no + or -",
        "Use DAYS_BETWEEN(a, b), ADD_DAYS(d, n), ADD_MONTHS(d, n) or ADD_YEARS(d, n).",
        "las fechas no admiten + ni -",
        "Use DAYS_BETWEEN(a, b), ADD_DAYS(d, n), ADD_MONTHS(d, n) o ADD_YEARS(d, n).",
    ),
    "H109": (
        "'{text}' compares constants: no fact of the case is used",
        "Name a fact.",
        "'{text}' compara constantes: no se usa ningún hecho del caso",
        "Nombre un hecho.",
    ),
    "H109.rule": (
        "{place} '{name}' {does} a constant",
        "Ask for a fact.",
        "{lugar} '{name}' {hace} una constante",
        "Pregunte por un hecho.",
    ),
    "H109.truth": (
        "{text} beside {word} decides without any fact of the case",
        "Leave it out.",
        "{text} junto a {word} decide sin ningún hecho del caso",
        "Quítelo.",
    ),
    "H110": (
        (
            "'IS {negated}NULL' is not allowed: a missing fact is \"not established\", it may not "
            "be used as a fact"
        ),
        "To require evidence, declare it under [facts.<name>].",
        (
            "'IS {negated}NULL' no se admite: un hecho que falta es «no establecido» y no puede "
            "usarse como hecho"
        ),
        "Para exigir prueba, declárela en [facts.<nombre>].",
    ),
    "H111": (
        "{text} would treat a missing fact as given",
        "Leave it out: what is missing stays not established.",
        "{text} trataría como dado un hecho que falta",
        "Quítelo: lo que falta queda no establecido.",
    ),
    "H112": (
        "NULL may not appear in IN (...): the rule could never be failed",
        "Leave it out.",
        "NULL no puede aparecer en IN (...): la regla nunca podría incumplirse",
        "Quítelo.",
    ),
    "H112.literal": (
        "only literals may stand in IN (...)",
        "List numbers, 'codes' or dates.",
        "en IN (...) solo pueden estar valores literales",
        "Enumere números, 'códigos' o fechas.",
    ),
    "H113": (
        "chained comparison {a} {first} {b} {second} {c}",
        "Write {a} {first} {b} AND {b} {second} {c}.",
        "comparación encadenada {a} {first} {b} {second} {c}",
        "Escriba {a} {first} {b} AND {b} {second} {c}.",
    ),
    "H114": (
        "'{text}' is not allowed: engines differ on division",
        "Multiply out: a * 100 < b * 85.",
        "'{text}' no se admite: los motores difieren en la división",
        "Multiplique: a * 100 < b * 85.",
    ),
    "H115": (
        "{name} is not one of the functions of this language",
        "Use one of {functions}.",
        "{name} no es una de las funciones de este lenguaje",
        "Use una de {functions}.",
    ),
    "H115.now": (
        "{name} would give another answer tomorrow",
        "Did you mean as_of?",
        "{name} daría mañana otra respuesta",
        "¿Quiso decir as_of?",
    ),
    "H115.count": (
        "{name} takes {wanted} values, not {found}",
        "Give {wanted}.",
        "{name} toma {wanted} valores, no {found}",
        "Indique {wanted}.",
    ),
    "H116": (
        "'{text}' is not a calendar date",
        "Write DATE 'YYYY-MM-DD'.",
        "'{text}' no es una fecha del calendario",
        "Escriba DATE 'AAAA-MM-DD'.",
    ),
    "H117": (
        "{text} may exceed 64-bit range",
        "Give {names} a narrower min and max in [facts].",
        "{text} puede exceder los 64 bits",
        "Dé a {names} un min y un max más estrechos en [facts].",
    ),
    "H117.number": (
        "{text} does not fit into 64 bits",
        "Write a smaller number.",
        "{text} no cabe en 64 bits",
        "Escriba un número menor.",
    ),
    "H117.date": (
        "{text} may leave the years 1 to 9999",
        "Shift by less, or give {names} narrower bounds.",
        "{text} puede salir de los años 1 a 9999",
        "Desplace menos, o dé a {names} límites más estrechos.",
    ),
    "H118": (
        "'{text}' would turn \"not established\" into yes or no",
        "Write the fact itself, or NOT and the fact.",
        "'{text}' convertiría «no establecido» en sí o no",
        "Escriba el hecho mismo, o NOT y el hecho.",
    ),
    "H119": (
        "NULL is not a value of this language",
        "A missing fact is simply absent.",
        "NULL no es un valor de este lenguaje",
        "Un hecho que falta simplemente no está.",
    ),
    "H120": (
        "CASE needs ELSE and no operand",
        "Write CASE WHEN <yes/no> THEN .. ELSE .. END.",
        "CASE necesita ELSE y ningún operando",
        "Escriba CASE WHEN <sí/no> THEN .. ELSE .. END.",
    ),
    "H121": (
        "the second argument of {name} must be a whole number or a :parameter",
        "Give a constant.",
        "el segundo argumento de {name} debe ser un número entero o un :parámetro",
        "Indique una constante.",
    ),
    "H121.unit": (
        "{name} counts {one}, but '{text}' is in {other}",
        "Name a parameter in {one}.",
        "{name} cuenta {uno}, pero '{text}' está en {other}",
        "Nombre un parámetro en {one}.",
    ),
    "H121.years": (
        "YEARS_OLD may stand only in YEARS_OLD(birth, day) >= n or < n, n a constant",
        "Write it so.",
        "YEARS_OLD solo puede estar en YEARS_OLD(nacimiento, día) >= n o < n, n constante",
        "Escríbalo así.",
    ),
    "H122": (
        "'{text}' is not part of the rule language",
        "{hint}",
        "'{text}' no forma parte del lenguaje de reglas",
        "{pista}",
    ),
    "H123": (
        "rule text is {length} characters; the limit is {limit}",
        "Split the rule in two.",
        "el texto de la regla tiene {length} caracteres; el límite es {limit}",
        "Divida la regla en dos.",
    ),
    "H123.depth": (
        "nesting depth {depth}; the limit is {limit}",
        "Split the rule in two.",
        "profundidad {depth}; el límite es {limit}",
        "Divida la regla en dos.",
    ),
    "H123.size": (
        "with the rules that it names, rule '{name}' has more than {limit} nodes",
        "Name fewer rules.",
        "con las reglas que nombra, la regla '{name}' tiene más de {limit} nodos",
        "Nombre menos reglas.",
    ),
    "H123.deep": (
        "with the rules that it names, rule '{name}' nests more than {limit} deep",
        "Name fewer rules one behind the other.",
        "con las reglas que nombra, la regla '{name}' anida más de {limit} niveles",
        "Nombre menos reglas una tras otra.",
    ),
    "H123.parts": (
        "the rule has more than {limit} parts once each BETWEEN is written out",
        "Split the rule in two.",
        "la regla tiene más de {limit} partes al desarrollar cada BETWEEN",
        "Divida la regla en dos.",
    ),
    "H124": (
        "rule references form a cycle: {cycle}",
        "Take one of them out.",
        "las referencias entre reglas forman un ciclo: {cycle}",
        "Quite una de ellas.",
    ),
    "H124.unknown": (
        "unknown rule '{name}'",
        "{near}",
        "regla desconocida '{name}'",
        "{cerca}",
    ),
    "H124.day": (
        "rule '{name}' is not in force on {day}, so its result cannot be asked",
        "Give the rule that names it a period of its own, or that one a wording for the day.",
        "la regla '{name}' no está en vigor el {day}, así que no puede pedirse su resultado",
        "Dé a la regla que la nombra un período propio, o a aquella un texto para ese día.",
    ),
    "H125": (
        "unknown parameter ':{name}'",
        "{near}",
        "parámetro desconocido ':{name}'",
        "{cerca}",
    ),
    "H126": (
        "expected {wanted} but found '{found}'",
        "Complete the expression.",
        "se esperaba {wanted} pero hay '{found}'",
        "Complete la expresión.",
    ),
    "H127": (
        "IN and BETWEEN need a value on their left, and IN a single fact",
        "Put a fact on the left of IN.",
        "IN y BETWEEN necesitan un valor a su izquierda, e IN un solo hecho",
        "Ponga un hecho a la izquierda de IN.",
    ),
}


def fault(key: str, at: int = -1, /, **said: object) -> Fault:
    """A fault of the catalogue; `at` is the offset in the rule text, -1 where it has none."""
    what, fix, que, remedio = (part.format(**said) for part in MESSAGES[key])
    code = key.partition(".")[0]
    return Fault(code, what, fix, column=at + 1, spanish=(que, remedio))


def placed(key: str, file: str, line: int, /, **said: object) -> Fault:
    """A fault of the catalogue at a line of a file."""
    return replace(fault(key, **said), file=file, line=line)


def near(word: str, found: str | None) -> dict[str, str]:
    """The suggestion of a declared name, in both languages."""
    if found is None:
        return {
            "name": word,
            "near": "Use a name that is declared.",
            "cerca": "Use un nombre declarado.",
        }
    return {
        "name": word,
        "near": f"Did you mean '{found}'?",
        "cerca": f"¿Quiso decir '{found}'?",
    }
