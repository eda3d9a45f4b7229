"""The route in use: the nearest place next."""

from places import measure


def solve(places):
    route, left = [places[0]], set(places[1:])
    while left:
        nearest = min(sorted(left), key=lambda place: measure(route[-1], place))
        route.append(nearest)
        left.remove(nearest)
    return route
