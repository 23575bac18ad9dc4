/* KL divergence and entropy in nats, of numbers of binary64, over JSON lines: cc -O2 -o kl kl.c -lm && ./kl [reversed] */
#define _GNU_SOURCE
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAKEN "\",\"variant\":\"raw\",\"unit\":\"nat\",\"dtype\":\"binary64\","

static double term(double p, double q) {
    if (p == 0) return 0;
    if (q == 0) return INFINITY;
    if (p < 2 * q && q < 2 * p) return p * log1p((p - q) / q); /* p - q is exact */
    double ratio = p / q;
    return p * (ratio >= DBL_MIN && ratio <= DBL_MAX ? log(ratio) : log(p) - log(q));
}

/* The entries of an argument such as ,"p":["3fe0000000000000",...] and whether they are masses: finite and not negative. */
static double *vector(const char *line, const char *key, size_t *n, int *masses) {
    const char *s = strstr(line, key);
    double *x = malloc((s ? strlen(s) / 19 + 1 : 1) * sizeof *x);
    if (!x) exit(1);
    *n = 0;
    if (!s || s[strlen(key)] == ']') return x;
    for (s += strlen(key); *s == '"'; s += s[18] == ',' ? 19 : 18) {
        uint64_t bits = strtoull(s + 1, NULL, 16);
        memcpy(&x[*n], &bits, sizeof bits);
        *masses &= x[*n] >= 0 && isfinite(x[*n]);
        ++*n;
    }
    return x;
}

int main(int argc, char **argv) {
    char *line = NULL;
    size_t size = 0, n, m;
    for (; getline(&line, &size, stdin) > 0; fflush(stdout)) {
        const char *id = line + strlen("{\"id\":\"");
        int width = (int)strcspn(id, "\""), masses = 1;
        int is_kl = strstr(line, "\"function\":\"kl_divergence" TAKEN) != NULL;
        if (!is_kl && !strstr(line, "\"function\":\"entropy" TAKEN)) {
            printf("{\"id\":\"%.*s\",\"skip\":\"kl_divergence and entropy, raw, in nats, of binary64 only\"}\n", width, id);
            continue;
        }
        double sum = 0, *p = vector(line, ",\"p\":[", &n, &masses), *q = vector(line, ",\"q\":[", &m, &masses);
        for (size_t i = 0; i < n; i++)
            sum += !is_kl ? (p[i] ? -p[i] * log(p[i]) : 0) : argc > 1 ? term(q[i], p[i]) : term(p[i], q[i]);
        uint64_t bits;
        memcpy(&bits, &sum, sizeof bits);
        if (masses) printf("{\"id\":\"%.*s\",\"bits\":\"%016" PRIx64 "\"}\n", width, id, bits);
        else printf("{\"id\":\"%.*s\",\"error\":\"masses must be finite and not negative\"}\n", width, id);
        free(p), free(q);
    }
    (void)argv;
    return 0;
}
