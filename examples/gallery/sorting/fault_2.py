"""Bubbles go one round less than they must."""


def solve(numbers):
    numbers = list(numbers)
    for end in range(len(numbers) - 1, 1, -1):
        for i in range(end):
            if numbers[i] > numbers[i + 1]:
                numbers[i], numbers[i + 1] = numbers[i + 1], numbers[i]
    return numbers
