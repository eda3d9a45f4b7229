def solve(price, amount):
    total = price * amount
    return total if amount < 50 else total * 98 // 100  # a discount for many
