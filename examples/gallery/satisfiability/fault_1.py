"""The search never goes back: what was chosen first stays."""


def solve(clauses):
    if not clauses:
        return True
    if [] in clauses:
        return False
    return solve(assume(clauses, clauses[0][0]))


def assume(clauses, literal):
    rest = [clause for clause in clauses if literal not in clause]
    return [[other for other in clause if other != -literal] for clause in rest]
