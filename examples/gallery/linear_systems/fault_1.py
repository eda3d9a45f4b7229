"""A pivot of zero is passed over, instead of exchanging equations."""


def solve(rows, right):
    rows = [[*row, value] for row, value in zip(rows, right, strict=True)]
    n = len(rows)
    for i in range(n):
        if not rows[i][i]:
            continue
        for k in range(i + 1, n):
            factor = rows[k][i] / rows[i][i]
            rows[k] = [x - factor * y for x, y in zip(rows[k], rows[i], strict=True)]
    solution = [0.0] * n
    for i in reversed(range(n)):
        known = sum(rows[i][j] * solution[j] for j in range(i + 1, n))
        solution[i] = (rows[i][n] - known) / (rows[i][i] or 1)
    return solution
