"""The order of steps in one use case; stores and signers are handed in."""

NOT_REVIEWED = (
    "No lawyer has reviewed this library. Rules and texts are research, not legal advice."
)
SYNTHETIC = "DEMONSTRATION on synthetic people: register numbers from a seed, no real person."
