"""The function that is in use."""

PRICES = {"DE": 4.90, "EU": 9.90, "WORLD": 19.90}


def quote(weight_g, zone):
    """What a parcel costs, in cents."""
    kilograms = max(1, (weight_g + 999) // 1000)
    return round(100 * PRICES[zone]) + 250 * (kilograms - 1)
