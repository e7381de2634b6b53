"""What the sample's customers write about: topics, and comments in several styles. All of it is made up."""

from random import Random
from typing import Final

TOPICS: Final = ("order status", "return", "exchange", "sizing", "payment", "account", "damaged item", "gift")

CAUSES: Final = ("delivery", "product", "policy", "system")

_GLAD: Final = (
    "Thank you!",
    "Quick and kind.",
    "Great help, all sorted.",
    "So patient with me, and never made me feel rushed.",
    "I had asked twice before. This time somebody listened, and it was solved in one go.",
    "Made me laugh on a bad day. That is worth a lot.",
)
_PLAIN: Final = ("Fine.", "OK, it works now.", "It took a while, but the answer was right.", "As expected.")
_GRUMPY: Final = {
    "agent": ("Had to explain it three times.", "Felt rushed.", "I did not get a clear answer."),
    "delivery": ("The agent was lovely. The parcel is still a week late.", "Third late delivery. Not the agent's fault."),
    "product": ("The zip broke on the first day. Service was fine.", "Nice person, poor shoes."),
    "policy": ("Why does a return need a printed label? The rule is silly, the agent was not.", "14 days are too few."),
    "system": ("Your site logged me out four times.", "The app lost my cart. The agent could only apologise for it."),
}  # fmt: skip
_OTHER_LANGUAGE: Final = {
    "fil": ("Salamat po, ang bait!", "Mabilis at maayos, salamat."),
    "sr": ("Hvala, sve je rešeno.", "Ljubazno i brzo, svaka čast."),
    "es": ("¡Muchas gracias, todo perfecto!", "Muy amable y rápida la atención."),
}
_OTHER_UNHAPPY: Final = {
    "fil": ("Ang tagal po ng sagot.",),
    "sr": ("Predugo sam čekao.",),
    "es": ("Tardaron demasiado.",),
}


def comment(dice: Random, stars: int, cause: str | None, language: str) -> str | None:
    """Return a comment fitting the stars (1 to 5) and their cause, None where the customer wrote nothing."""
    if dice.random() < 0.45:
        return None
    if dice.random() < 0.2 and cause is None:
        return dice.choice((_OTHER_LANGUAGE if stars >= 4 else _OTHER_UNHAPPY)[language])
    if stars >= 4:
        return dice.choice(_GLAD if stars == 5 else _GLAD[:3] + _PLAIN)
    if stars == 3 and cause is None:
        return dice.choice(_PLAIN)
    return dice.choice(_GRUMPY[cause or "agent"])
