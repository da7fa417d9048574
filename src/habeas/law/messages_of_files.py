"""Every message about agreement and law files, and about proofs (H2xx, H3xx), in both languages."""

# key: (what, what to do) in English, then in Spanish
OF_FILES: dict[str, tuple[str, str, str, str]] = {
    "H201": (
        "{what} has no citation",
        "Name the instrument and the place in it.",
        "{que} no tiene cita",
        "Nombre el instrumento y el lugar en él.",
    ),
    "H202": (
        "versions of {what} overlap {first}..{last}",
        "End one before the next begins: from is in, until is out.",
        "{que}: sus versiones se solapan {first}..{last}",
        "Termine una antes de que empiece la siguiente: from incluido, until excluido.",
    ),
    "H202.empty": (
        "{what} has a period that ends on {until} before it begins on {first}",
        "Exchange the two days: from is in, until is out.",
        "{que} tiene un período que termina el {until} antes de empezar el {first}",
        "Intercambie los dos días: from incluido, until excluido.",
    ),
    "H203": (
        "no value of parameter '{name}' is in force on {day}",
        "Add a value for that day, or screen as of another day.",
        "ningún valor del parámetro '{name}' está en vigor el {day}",
        "Añada un valor para ese día, o examine con otra fecha.",
    ),
    "H204": (
        "override of '{target}' cites no clause of a treaty in force for each party on {day}",
        "Cite a treaty of [[instruments]] with its clause and its in_force for both states.",
        "la excepción a '{target}' no cita tratado en vigor el {day} para cada parte",
        "Cite un tratado de [[instruments]] con su cláusula y su in_force para ambos Estados.",
    ),
    "H204.closed": (
        "'{target}' takes no override",
        "Leave it as the law has it, or make a stricter rule of your own.",
        "'{target}' no admite excepción",
        "Déjelo como lo tiene la ley, o haga una regla propia más estricta.",
    ),
    "H204.unknown": (
        "override of '{target}', which no law file has",
        "{near}",
        "excepción a '{target}', que ninguna ley contiene",
        "{cerca}",
    ),
    "H204.twice": (
        "'{target}' is overridden twice",
        "Keep one of the two.",
        "hay dos excepciones a '{target}'",
        "Deje una de las dos.",
    ),
    "H204.key": (
        "override of '{target}' takes no {key}",
        "A parameter takes `value`, a rule takes `require` and `applies`.",
        "la excepción a '{target}' no toma {key}",
        "Un parámetro toma `value`, una regla toma `require` y `applies`.",
    ),
    "H204.value": (
        "override of '{target}' must give {wanted}",
        "A parameter takes `value`, a rule takes `require`.",
        "la excepción a '{target}' debe dar {wanted}",
        "Un parámetro toma `value`, una regla toma `require`.",
    ),
    "H205": (
        "override sets '{target}' to {value}, {side} {bound}",
        "Keep to the bound.",
        "la excepción fija '{target}' en {value}, {lado} {bound}",
        "Respete el límite.",
    ),
    "H205.own": (
        "parameter '{name}' has the value {value}, {side} {bound}",
        "Correct the value or the bound.",
        "el parámetro '{name}' tiene el valor {value}, {lado} {bound}",
        "Corrija el valor o el límite.",
    ),
    "H207": (
        "case '{name}': {what}",
        "Correct the rules, or what the case expects.",
        "caso '{name}': {dicho}",
        "Corrija las reglas, o lo que el caso espera.",
    ),
    "H208": (
        "'{leaf}' of rule '{name}' was never seen {values} by a case",
        "Add a case that shows it.",
        "'{leaf}' de la regla '{name}' nunca fue {valores} en un caso",
        "Añada un caso que lo muestre.",
    ),
    "H208.rule": (
        "rule '{name}' was never seen {values} by a case",
        "Add a case that shows it.",
        "la regla '{name}' nunca fue {valores} en un caso",
        "Añada un caso que lo muestre.",
    ),
    "H210": (
        "whole-number fact '{name}' needs min and max",
        "Add them: proofs and sums hold only within bounds.",
        "el hecho entero '{name}' necesita min y max",
        "Añádalos: pruebas y sumas solo valen dentro de límites.",
    ),
    "H220": (
        "rule '{name}' already stands in {file}",
        "Give it an id of its own.",
        "la regla '{name}' ya está en {file}",
        "Déle un id propio.",
    ),
    "H222": (
        "{what} cites '{name}', which the file does not declare",
        "Add it under [[instruments]].",
        "{que} cita '{name}', que el archivo no declara",
        "Añádalo en [[instruments]].",
    ),
    "H223": (
        "{what} names the unknown source '{name}'",
        "Add it to library/sources.toml, or leave it out.",
        "{que} nombra la fuente desconocida '{name}'",
        "Añádala a library/sources.toml, o quítela.",
    ),
    "H225": (
        "unknown base '{name}'",
        "{near}",
        "base desconocida '{name}'",
        "{cerca}",
    ),
    "H225.agreement": (
        "the case names no agreement of the library: '{name}'",
        "{near}",
        "el caso no nombra un acuerdo de la biblioteca: '{name}'",
        "{cerca}",
    ),
    "H226": (
        "the case names the unknown rule '{name}'",
        "{near}",
        "el caso nombra la regla desconocida '{name}'",
        "{cerca}",
    ),
    "H227": (
        "the case cites '{at}' for rule '{name}', which does not cite it",
        "Cite a place that the rule cites, word for word.",
        "el caso cita '{at}' para la regla '{name}', que no lo cita",
        "Cite un lugar que la regla cite, palabra por palabra.",
    ),
    "H227.none": (
        "the case expects rule '{name}' not met, and cites nothing for it",
        "Add '{name}: instrument place' to its citation.",
        "el caso espera la regla '{name}' no cumplida y no cita nada para ella",
        "Añada '{name}: instrumento lugar' a su cita.",
    ),
    "H224": (
        "parameter '{name}' already stands in {file}",
        "Give it a name of its own.",
        "el parámetro '{name}' ya está en {file}",
        "Déle un nombre propio.",
    ),
    "H301": (
        "rule '{name}' can never be met",
        "Correct its text: no case within the bounds of the facts meets it.",
        "la regla '{name}' nunca puede cumplirse",
        "Corrija su texto: ningún caso dentro de los límites de los hechos la cumple.",
    ),
    "H302": (
        "rule '{name}' implies '{other}': '{other}' adds nothing",
        "Leave it if law says both; else take it out.",
        "la regla '{name}' implica '{other}': '{other}' no añade nada",
        "Déjela si la ley dice ambas; si no, quítela.",
    ),
    "H303": (
        "by {pathway} a case can be eligible with {names} missing",
        (
            "Accept them under [[may_be_missing]] and say why, or add a rule that asks. "
            "Example: {case}."
        ),
        "por {pathway} un caso puede ser admisible aunque falten {names}",
        (
            "Acéptelos en [[may_be_missing]] y diga por qué, o añada una regla que pregunte. "
            "Ejemplo: {case}."
        ),
    ),
    "H304": (
        "rule '{name}' is not established for {case}, although every completion agrees",
        "Leave it if law asks for that evidence; else word it so that each fact stands once.",
        "la regla '{name}' no consta para {case}, aunque toda compleción coincide",
        "Déjela si la ley exige esa prueba; si no, redáctela con cada hecho una sola vez.",
    ),
    "H305": (
        "rule '{name}' counts {days} days, and its words speak of months or years",
        "Use ADD_MONTHS or ADD_YEARS, unless the law itself counts days.",
        "la regla '{name}' cuenta {days} días, y sus palabras hablan de meses o años",
        "Use ADD_MONTHS o ADD_YEARS, salvo que la propia ley cuente días.",
    ),
    "H306": (
        "rule '{name}' can never be failed",
        "Correct its text or its applies: every case within the bounds of the facts meets it.",
        "la regla '{name}' nunca puede incumplirse",
        "Corrija su texto o su applies: todo caso dentro de los límites de los hechos la cumple.",
    ),
    "H307": (
        "no case can ever be eligible under {name}, so its guarantees say nothing",
        "Look for rules that contradict each other.",
        "ningún caso puede ser admisible conforme a {name}: sus garantías no dicen nada",
        "Busque reglas que se contradigan.",
    ),
    "H308": (
        "guarantee '{name}' of {deal} is false. Case: {case}",
        "Correct the rules, or withdraw it.",
        "la garantía '{name}' de {deal} es falsa. Caso: {case}",
        "Corrija las reglas o retírela.",
    ),
    "H309": (
        "guarantee '{name}' of {deal} is not decided",
        "Simplify its text.",
        "la garantía '{name}' de {deal} queda sin decidir",
        "Simplifique su texto.",
    ),
    "H309.rule": (
        "the solver did not decide about '{name}' {what}",
        "Simplify the text, or give its facts narrower bounds.",
        "el programa de prueba no decidió sobre '{name}' {que}",
        "Simplifique el texto o dé a sus hechos límites más estrechos.",
    ),
    "H310": (
        "{names} may be missing by {pathway}, says the file, but no eligible case lacks it",
        "Take it out of [[may_be_missing]].",
        "según el archivo pueden faltar {names} por {pathway}, pero ningún caso admisible carece",
        "Quítelo de [[may_be_missing]].",
    ),
    "H311": (
        "the guarantees of {name} are not recorded as proved, and no solver is here to prove them",
        "Type: pip install 'habeas[analyse]', then habeas law prove {name} --write.",
        "no constan probadas las garantías de {name}, y no hay aquí programa que las pruebe",
        "Escriba: pip install 'habeas[analyse]', y después habeas law prove {name} --write.",
    ),
    "H310.pathway": (
        "[[may_be_missing]] names the pathway {pathway}, which the agreement does not open",
        "Take it out.",
        "[[may_be_missing]] nombra la vía {pathway}, que el acuerdo no abre",
        "Quítela.",
    ),
}
