"""Finds the titles that have all words of a question in them."""


def solve(titles, question):
    words = set(question.casefold().split())
    return [title for title in titles if words <= set(title.casefold().split())]
