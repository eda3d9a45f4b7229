"""Numbers that are there twice come once."""


def solve(numbers):
    if not numbers:
        return []
    first, *rest = numbers
    below = [number for number in rest if number < first]
    above = [number for number in rest if number > first]
    return [*solve(below), first, *solve(above)]
