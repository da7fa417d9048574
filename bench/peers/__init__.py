"""Programs of other makers, each in a process of its own, that judge the same 32 rules.

Nothing here imports habeas: a peer runs in an environment that does not hold it. OpenFisca is
AGPL, so it stays an outside program, and `requirements.txt` here is no lock file of ours.
"""
