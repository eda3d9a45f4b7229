#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
    static char line[1 << 20];
    while (fgets(line, sizeof line, stdin)) {
        double sum = 0;
        char *at = strstr(line, "\"args\":[[") + 9, *end;
        for (double x; x = strtod(at, &end), end != at; at = end + (*end == ',')) sum += x;
        printf("{\"id\":%ld,\"result\":%.17g}\n", atol(strstr(line, "\"id\":") + 5), sum);
        fflush(stdout);
    }
}
