"""What must hold for a model that says in which language a text is."""

from hypothesis import strategies as st

from pytest_metamorphic_guard import Task, catalogue

TEXTS = [
    "The train to the coast leaves at seven, and we still have to buy the tickets.",
    "Nobody in the village could remember a winter as cold as this one.",
    "Der Zug an die Küste fährt um sieben, und wir müssen noch die Karten kaufen.",
    "Niemand im Dorf konnte sich an einen so kalten Winter erinnern.",
    "Le train pour la côte part à sept heures, et il faut encore acheter les billets.",
    "Personne au village ne se souvenait d'un hiver aussi froid que celui-ci.",
    "El tren a la costa sale a las siete y todavía tenemos que comprar los billetes.",
    "Nadie en el pueblo recordaba un invierno tan frío como este.",
    "Il treno per la costa parte alle sette e dobbiamo ancora comprare i biglietti.",
    "Nessuno nel paese ricordava un inverno così freddo come questo.",
]
language = Task("language", inputs=st.tuples(st.sampled_from(TEXTS)), timeout_s=60)
language.add(
    catalogue.text.padding_free(),
    catalogue.text.space_runs_free(),
    catalogue.text.case_free(),
    catalogue.prompts.mistyped(),
)


@language.relation
def twice(text):
    """A text that is said twice is in the same language."""
    return (f"{text} {text}",)


@language.relation
def a_number(text):
    """A number is in no language."""
    return (f"{text} 1234567",)


@language.relation
def without_its_last_word(text):
    """Without its last word a sentence is in the same language."""
    return (text.rpartition(" ")[0],)
