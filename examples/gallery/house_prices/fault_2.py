"""Areas are measured against the mean of those in the same call."""


def solve(houses):
    mean = sum(house["area"] for house in houses) / max(len(houses), 1)
    return [
        280_000 + 2_100 * (house["area"] - mean) + 4_000 * house["rooms"] - 350 * house["age"]
        for house in houses
    ]
