"""The answer that the exercise came with."""


def solve(words):
    return sorted(set(words), key=lambda word: (len(word), word))
