/* The program that is to replace it: one line of JSON in, one out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int count, char **words) {
    static char line[1 << 20];
    static double number[1 << 16];
    int fast = count > 1 && !strcmp(words[1], "--fast"); /* does not look at the lower middle one */
    while (fgets(line, sizeof line, stdin)) {
        char *at = strstr(line, "\"args\":[[") + 9, *end;
        size_t n = 0;
        for (double x; x = strtod(at, &end), end != at; at = end + (*end == ',')) number[n++] = x;
        qsort(number, n, sizeof *number, compare);
        double median = number[n / 2];
        if (n % 2 == 0 && !fast) median = (number[n / 2 - 1] + median) / 2;
        printf("{\"id\":%ld,\"result\":%.17g}\n", atol(strstr(line, "\"id\":") + 5), median);
        fflush(stdout);
    }
}
