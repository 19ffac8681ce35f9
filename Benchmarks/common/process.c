#include "process.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

_Noreturn void process_fail(const char *what) {
    fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(errno));
    exit(1);
}

_Noreturn void process_usage(const char *format, ...) {
    va_list arguments;
    fprintf(stderr, "%s: ", program_invocation_short_name);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputs("; see --help\n", stderr);
    exit(2);
}

size_t process_raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) process_fail("getrlimit");
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) process_fail("setrlimit");
    return (size_t)limit.rlim_cur;
}

void *process_allocate(size_t count, size_t size) {
    void *memory = calloc(count, size);
    if (memory == NULL) process_fail("calloc");
    return memory;
}

long process_number(const char *option, const char *text, long low, long high) {
    char *end = NULL;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value < low || value > high) {
        process_usage("%s takes a number from %ld to %ld, not \"%s\"", option, low, high, text);
    }
    return value;
}

unsigned long long process_seconds_ns(const char *option, const char *text) {
    char *end = NULL;
    double seconds = strtod(text, &end);
    if (end == text || *end != '\0' || !(seconds >= 0 && seconds <= 86400)) {
        process_usage("%s takes seconds from 0 to 86400, not \"%s\"", option, text);
    }
    return (unsigned long long)(seconds * 1e9);
}
