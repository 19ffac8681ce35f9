#include "options.h"

#include "../common/process.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
    "usage: driver rps|stream|stall --port P [options]\n"
    "  rps     -c connections, each with one request at a time, for -d seconds\n"
    "  stream  -c streams, opened evenly over --ramp seconds; ends when all have, at most after -d seconds\n"
    "  stall   -c clients that send a request and read nothing for -d seconds\n"
    "  --address A         IPv4 address (127.0.0.1)\n"
    "  --port P            port\n"
    "  --path P            path (/v1/chat/completions)\n"
    "  --header 'N: V'     one more field; may be repeated\n"
    "  --body FILE         POST this file as application/json; without it the request is a GET\n"
    "  -c N                connections or streams (32)\n"
    "  -d SECONDS          duration (5)\n"
    "  --warmup SECONDS    rps: time before the count starts (0)\n"
    "  --ramp SECONDS      stream, stall: time over which connections are opened (0)\n"
    "  --measure-from S    stream: leave out times of what happens before second S (0)\n"
    "  --expect-chunks N   stream: fewer chunks are a failure (1)\n"
    "  --framing F         stream: sse or event-stream (sse)\n"
    "  --json              print the JSON line only\n"
    "Ends with status 0 when it could measure, whatever the answers were.\n";

enum { FIELDS_CAPACITY = 8192 };

struct request_parts {
    const char *path;
    const char *body_file;
    char fields[FIELDS_CAPACITY];
    size_t fields_length;
};

static void add_field(struct request_parts *parts, const char *field) {
    const int length = snprintf(
        parts->fields + parts->fields_length, sizeof parts->fields - parts->fields_length, "%s\r\n", field);
    if (length < 0 || parts->fields_length + (size_t)length >= sizeof parts->fields) process_usage("too many headers");
    parts->fields_length += (size_t)length;
}

static char *read_body(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) process_fail(path);
    if (fseek(file, 0, SEEK_END) != 0) process_fail(path);
    const long size = ftell(file);
    if (size < 0) process_fail(path);
    rewind(file);
    char *body = process_allocate((size_t)size + 1, 1);
    *length = fread(body, 1, (size_t)size, file);
    if (*length != (size_t)size) process_fail(path);
    fclose(file);
    return body;
}

static void build_request(struct options *options, const struct request_parts *parts) {
    size_t body_length = 0;
    char *body = parts->body_file != NULL ? read_body(parts->body_file, &body_length) : NULL;
    const size_t capacity = strlen(parts->path) + parts->fields_length + body_length + 512;
    options->request = process_allocate(capacity, 1);
    int length = snprintf(
        options->request, capacity, "%s %s HTTP/1.1\r\nHost: %s:%u\r\n%s", body != NULL ? "POST" : "GET", parts->path,
        inet_ntoa(options->server.sin_addr), ntohs(options->server.sin_port), parts->fields);
    if (body != NULL) {
        length += snprintf(
            options->request + length, capacity - (size_t)length,
            "Content-Type: application/json\r\nContent-Length: %zu\r\n", body_length);
    }
    length += snprintf(options->request + length, capacity - (size_t)length, "\r\n");
    if (body != NULL) memcpy(options->request + length, body, body_length);
    options->request_length = (size_t)length + body_length;
    free(body);
}

static enum mode parse_mode(const char *name) {
    if (strcmp(name, "rps") == 0) return MODE_RPS;
    if (strcmp(name, "stream") == 0) return MODE_STREAM;
    if (strcmp(name, "stall") == 0) return MODE_STALL;
    process_usage("no such mode: %s", name);
}

static enum framing parse_framing(const char *name) {
    if (strcmp(name, "sse") == 0) return FRAMING_SSE;
    if (strcmp(name, "event-stream") == 0) return FRAMING_EVENT_STREAM;
    process_usage("--framing takes sse or event-stream, not \"%s\"", name);
}

static void parse_address(struct options *options, const char *text) {
    if (inet_pton(AF_INET, text, &options->server.sin_addr) != 1) {
        process_usage("--address takes an IPv4 address, not \"%s\"", text);
    }
}

static void parse_port(struct options *options, const char *text) {
    options->server.sin_port = htons((uint16_t)process_number("--port", text, 1, 65535));
}

static void parse_expected(struct options *options, const char *text) {
    options->expected_chunks = (uint32_t)process_number("--expect-chunks", text, 0, 10000000);
}

static void parse_option(
    struct options *options, struct request_parts *parts, const char *name, const char *value) {
    if (strcmp(name, "--address") == 0) parse_address(options, value);
    else if (strcmp(name, "--port") == 0) parse_port(options, value);
    else if (strcmp(name, "--path") == 0) parts->path = value;
    else if (strcmp(name, "--header") == 0) add_field(parts, value);
    else if (strcmp(name, "--body") == 0) parts->body_file = value;
    else if (strcmp(name, "-c") == 0) options->connections = (size_t)process_number(name, value, 1, 100000);
    else if (strcmp(name, "-d") == 0) options->duration_ns = process_seconds_ns(name, value);
    else if (strcmp(name, "--warmup") == 0) options->warmup_ns = process_seconds_ns(name, value);
    else if (strcmp(name, "--ramp") == 0) options->ramp_ns = process_seconds_ns(name, value);
    else if (strcmp(name, "--measure-from") == 0) options->measure_from_ns = process_seconds_ns(name, value);
    else if (strcmp(name, "--expect-chunks") == 0) parse_expected(options, value);
    else if (strcmp(name, "--framing") == 0) options->framing = parse_framing(value);
    else process_usage("unknown option %s", name);
}

struct options options_parse(int count, char **values) {
    if (count == 2 && strcmp(values[1], "--help") == 0) {
        fputs(help, stdout);
        exit(0);
    }
    if (count < 2) process_usage("which mode?");
    struct options options = {
        .mode = parse_mode(values[1]), .server = {.sin_family = AF_INET}, .connections = 32,
        .duration_ns = 5000000000u, .expected_chunks = 1, .with_text = true};
    options.server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    struct request_parts parts = {.path = "/v1/chat/completions"};
    for (int i = 2; i < count; i++) {
        if (strcmp(values[i], "--json") == 0) {
            options.with_text = false;
            continue;
        }
        if (i + 1 == count) process_usage("%s needs a value", values[i]);
        parse_option(&options, &parts, values[i], values[i + 1]);
        i++;
    }
    if (options.server.sin_port == 0) process_usage("--port is missing");
    build_request(&options, &parts);
    return options;
}
