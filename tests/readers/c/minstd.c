/* The integers of a generated vector, a line each: minstd SEED BITS LENGTH | sha256sum */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    uint64_t x = strtoull(argv[1], NULL, 10), modulus = UINT64_C(1) << strtoul(argv[2], NULL, 10);
    for (unsigned long n = strtoul(argv[3], NULL, 10); n; n--) {
        x = 48271 * x % 2147483647;
        printf("%" PRIu64 "\n", 1 + x % modulus);
    }
    return 0;
}
