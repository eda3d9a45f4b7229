# The same program as median.c, for a machine without a compiler.
BEGIN { fast = ARGV[1] == "--fast"; ARGC = 1 }
{
    match($0, /"id":[0-9]+/)
    id = substr($0, RSTART + 5, RLENGTH - 5)
    match($0, /"args":\[\[[^]]*/)
    n = split(substr($0, RSTART + 9, RLENGTH - 9), number, ",")
    for (i = 1; i <= n; i++) {
        value = number[i] + 0
        for (at = i; at > 1 && number[at - 1] > value; at--) number[at] = number[at - 1]
        number[at] = value
    }
    upper = int(n / 2) + 1
    median = n % 2 || fast ? number[upper] : (number[upper - 1] + number[upper]) / 2
    printf "{\"id\":%s,\"result\":%.17g}\n", id, median
    fflush()
}
