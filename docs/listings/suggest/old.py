"""The level of a tank, of several readings."""


def level(readings: list[float]) -> float:
    """Return the mean, without the lowest and the highest of more than two readings."""
    if not readings:
        return 0.0
    if len(readings) > 2:
        readings = sorted(readings)[1:-1]
    return sum(readings) / len(readings)
