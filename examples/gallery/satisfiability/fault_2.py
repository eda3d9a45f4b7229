"""A variable is only ever tried as true before it is given up."""


def solve(clauses):
    if not clauses:
        return True
    if [] in clauses:
        return False
    chosen = abs(clauses[0][0])
    units = {clause[0] for clause in clauses if len(clause) == 1}
    choices = (chosen,) if chosen in units or -chosen not in units else (-chosen,)
    return any(solve(assume(clauses, literal)) for literal in choices)


def assume(clauses, literal):
    rest = [clause for clause in clauses if literal not in clause]
    return [[other for other in clause if other != -literal] for clause in rest]
