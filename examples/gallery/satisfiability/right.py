"""Davis and Putnam's search: sets one variable after the other."""


def solve(clauses):
    if not clauses:
        return True
    if [] in clauses:
        return False
    chosen = clauses[0][0]
    return any(solve(assume(clauses, literal)) for literal in (chosen, -chosen))


def assume(clauses, literal):
    rest = [clause for clause in clauses if literal not in clause]
    return [[other for other in clause if other != -literal] for clause in rest]
