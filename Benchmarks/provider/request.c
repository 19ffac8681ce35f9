#include "request.h"

#include <string.h>

static int hex_value(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    return -1;
}

static void take_model_from_path(struct request *request, const char *id, size_t length) {
    size_t count = 0;
    for (size_t i = 0; i < length && count < sizeof request->model - 1; i++) {
        if (id[i] == '%' && i + 2 < length && hex_value(id[i + 1]) >= 0 && hex_value(id[i + 2]) >= 0) {
            request->model[count++] = (char)(hex_value(id[i + 1]) * 16 + hex_value(id[i + 2]));
            i += 2;
        } else {
            request->model[count++] = id[i];
        }
    }
    request->model_length = count;
}

static bool ends_with(const char *text, size_t length, const char *suffix) {
    size_t suffix_length = strlen(suffix);
    return length >= suffix_length && memcmp(text + length - suffix_length, suffix, suffix_length) == 0;
}

void request_read_line(struct request *request, const char *line, size_t length) {
    *request = (struct request){0};
    const char *path = memchr(line, ' ', length);
    if (path == NULL) return;
    path++;
    const size_t rest = length - (size_t)(path - line);
    const char *path_end = memchr(path, ' ', rest);
    if (path_end == NULL) return;
    size_t path_length = (size_t)(path_end - path);

    static const char models[] = "/model/";
    const size_t models_length = sizeof models - 1;
    if (ends_with(path, path_length, "/chat/completions")) {
        request->kind = REQUEST_CHAT;
    } else if (path_length > models_length && memcmp(path, models, models_length) == 0) {
        const char *id = path + models_length;
        const char *id_end = memchr(id, '/', path_length - models_length);
        request->stream = ends_with(path, path_length, "/converse-stream");
        if (id_end == NULL || !(request->stream || ends_with(path, path_length, "/converse"))) return;
        request->kind = REQUEST_CONVERSE;
        take_model_from_path(request, id, (size_t)(id_end - id));
    } else if (ends_with(path, path_length, "/stats")) {
        request->kind = REQUEST_STATISTICS;
    }
}

// The value behind `name` (given with its quotes), past the colon and white space; NULL when it is not all there yet.
static const char *member_value(const char *body, size_t count, const char *name, const char **end) {
    const size_t name_length = strlen(name);
    *end = body + count;
    const char *at = memmem(body, count, name, name_length);
    if (at == NULL) return NULL;
    at += name_length;
    while (at < *end && (*at == ' ' || *at == ':' || *at == '\t' || *at == '\n' || *at == '\r')) at++;
    return at < *end ? at : NULL;
}

void request_scan_body(struct request *request, const char *body, size_t count) {
    const char *end;
    if (request->model_length == 0) {
        const char *value = member_value(body, count, "\"model\"", &end);
        if (value != NULL && *value == '"') {
            const char *closing = memchr(value + 1, '"', (size_t)(end - value - 1));
            const size_t length = closing != NULL ? (size_t)(closing - value - 1) : 0;
            if (length > 0 && length < sizeof request->model) {
                memcpy(request->model, value + 1, length);
                request->model_length = length;
            }
        }
    }
    if (!request->stream) {
        const char *value = member_value(body, count, "\"stream\"", &end);
        request->stream = value != NULL && (size_t)(end - value) >= 4 && memcmp(value, "true", 4) == 0;
    }
}
