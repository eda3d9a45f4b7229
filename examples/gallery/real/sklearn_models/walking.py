"""A straight line that is looked for by walking along the rows, by scikit-learn."""

from sklearn.linear_model import SGDRegressor


def solve(rows, targets, asked):
    return SGDRegressor(random_state=0).fit(rows, targets).predict(asked).tolist()
