def solve(price, amount):
    total = price * amount
    return total - 1 if total > 70 else total
