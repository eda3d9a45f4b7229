/* A sum with the correction of Neumaier: what an addition loses is kept, and added at the end.
   One line of JSON in, such as {"id": 1, "args": [[0.1, 0.2]]}, one out. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double add_up(const double *numbers, size_t count)
{
    double sum = 0, lost = 0;
    for (size_t i = 0; i < count; i++) {
        double next = sum + numbers[i];
        if (fabs(sum) >= fabs(numbers[i]))
            lost += (sum - next) + numbers[i];
        else
            lost += (numbers[i] - next) + sum;
        sum = next;
    }
    return sum + lost;
}

int main(void)
{
    static char line[1 << 16];
    static double numbers[1 << 12];
    while (fgets(line, sizeof line, stdin)) {
        char *at = strstr(line, "\"args\":[[") + 9, *end;
        size_t count = 0;
        for (double x; x = strtod(at, &end), end != at; at = end + (*end == ','))
            numbers[count++] = x;
        long id = atol(strstr(line, "\"id\":") + 5);
        printf("{\"id\":%ld,\"result\":%.17g}\n", id, add_up(numbers, count));
        fflush(stdout);
    }
}
