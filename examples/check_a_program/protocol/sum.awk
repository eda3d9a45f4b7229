{
    match($0, /"id":[0-9]+/)
    id = substr($0, RSTART + 5, RLENGTH - 5)
    match($0, /"args":\[\[[^]]*/)
    count = split(substr($0, RSTART + 9, RLENGTH - 9), number, ",")
    sum = 0
    for (i = 1; i <= count; i++) sum += number[i]
    printf "{\"id\":%s,\"result\":%.17g}\n", id, sum
    fflush()
}
