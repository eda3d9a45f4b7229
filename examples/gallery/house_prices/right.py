"""A model as it was fitted."""


def solve(houses):
    return [
        60_000 + 2_100 * house["area"] + 4_000 * house["rooms"] - 350 * house["age"]
        for house in houses
    ]
