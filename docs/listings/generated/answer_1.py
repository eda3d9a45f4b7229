def solve(words):
    unique = list(dict.fromkeys(words))
    unique.sort()
    unique.sort(key=len)
    return unique
