"""The straight line of least squares, by scikit-learn."""

from sklearn.linear_model import LinearRegression


def solve(rows, targets, asked):
    return LinearRegression().fit(rows, targets).predict(asked).tolist()
