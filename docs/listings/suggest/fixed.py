"""The same in one go, as it should be."""


def level(readings: list[float]) -> float:
    """Return the mean, without the lowest and the highest of more than two readings."""
    if not readings:
        return 0.0
    total, lowest, highest = 0.0, readings[0], readings[0]
    for reading in readings:
        total += reading
        lowest, highest = min(lowest, reading), max(highest, reading)
    if len(readings) > 2:
        return (total - lowest - highest) / (len(readings) - 2)
    return total / len(readings)
