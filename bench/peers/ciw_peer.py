"""A queue in Ciw, by easier rules: no flights, nobody's sentence runs while they wait.

Ciw's slotted services have seats but no places beside them, so that weekly flights into a house of
limited places cannot be told. People come one after another, wait without end, and stay `hold`
days from arrival; `bench.queueing` gives the engine the same easier rules.
"""

from itertools import pairwise

import ciw

from bench.peers.line import People, serve

LATER = 1e9  # days: nobody comes after the last


def held(people: People) -> list[int]:
    first = [0, *people.ready]
    gaps = [float(b - a) for a, b in pairwise(first)]
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Sequential([*gaps, LATER])],
        service_distributions=[ciw.dists.Sequential([float(one) for one in people.hold])],
        number_of_servers=[people.places],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(people.days)
    change = [0] * (people.days + 1)
    for one in simulation.get_all_records(only=["service"]):
        change[int(one.service_start_date)] += 1
        change[int(one.service_end_date)] -= 1
    for one in simulation.nodes[1].all_individuals:  # who is there still has no record
        if one.server:
            change[int(one.service_start_date)] += 1
    found, inside = list[int](), 0
    for day in range(people.days):
        inside += change[day]
        found.append(inside)
    return found


if __name__ == "__main__":
    serve(f"ciw {ciw.__version__}", held)
