"""The mean of the three nearest rows, by scikit-learn."""

from sklearn.neighbors import KNeighborsRegressor


def solve(rows, targets, asked):
    return KNeighborsRegressor(3, algorithm="brute").fit(rows, targets).predict(asked).tolist()
