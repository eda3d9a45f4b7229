"""Takes the path of the fewest edges for the shortest, and -1 for no path."""


def solve(graph, start, end):
    reached = {start: 0}
    queue = [start]
    for node in queue:
        for other in graph[node]:
            if other not in reached:
                reached[other] = reached[node] + 1
                queue.append(other)
    return reached.get(end, -1)
