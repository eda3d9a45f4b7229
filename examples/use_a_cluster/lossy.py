"""A faster one, which loses a place where two are equally near."""

from places import measure


def solve(places):
    by_distance = {measure(places[0], place): place for place in places[1:]}
    return [places[0], *(by_distance[distance] for distance in sorted(by_distance))]
