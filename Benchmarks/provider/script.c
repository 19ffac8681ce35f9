#include "script.h"

#include "../common/process.h"
#include "answers.h"

#include <stdbool.h>
#include <string.h>

enum { CHUNKS_LIMIT = 1000000, MILLISECONDS_LIMIT = 600000, TEXT_LIMIT = 65536, SCRIPTS_LIMIT = 256 };

static struct script *known = NULL;
static size_t known_count = 0;

static bool take_number(const char **cursor, const char *end, uint32_t limit, uint32_t *value) {
    const char *at = *cursor;
    uint64_t number = 0;
    while (at < end && *at >= '0' && *at <= '9' && number <= limit) number = number * 10 + (uint64_t)(*at++ - '0');
    if (at == *cursor || number > limit) return false;
    *cursor = at;
    *value = (uint32_t)number;
    return true;
}

static bool parse_part(const char **at, const char *end, struct script *script) {
    if (*at < end && **at == 'f') return ++*at, take_number(at, end, MILLISECONDS_LIMIT, &script->first_ms);
    if (*at < end && **at == 't') return ++*at, take_number(at, end, TEXT_LIMIT, &script->text_bytes);
    if (!take_number(at, end, CHUNKS_LIMIT, &script->chunks) || script->chunks == 0) return false;
    if (*at == end || **at != 'x') return false;
    return ++*at, take_number(at, end, MILLISECONDS_LIMIT, &script->pause_ms);
}

static bool parse_name(const char *name, size_t length, struct script *script) {
    static const char prefix[] = "bench";
    const size_t prefix_length = sizeof prefix - 1;
    if (length < prefix_length || length >= SCRIPT_NAME_LIMIT || memcmp(name, prefix, prefix_length) != 0) return false;
    *script = (struct script){.chunks = 1, .text_bytes = 6};
    memcpy(script->name, name, length);

    const char *at = name + prefix_length, *end = name + length;
    while (at < end) {
        if (*at++ != '-' || !parse_part(&at, end, script)) return false;
    }
    return true;
}

const struct script *script_named(const char *name, size_t length) {
    for (const struct script *script = known; script != NULL; script = script->next) {
        if (strlen(script->name) == length && memcmp(script->name, name, length) == 0) return script;
    }
    struct script parsed;
    // Scripts are never freed, because answers under way point into them: the limit keeps odd callers from filling
    // memory.
    if (known_count == SCRIPTS_LIMIT || !parse_name(name, length, &parsed)) return NULL;

    struct script *script = process_allocate(1, sizeof *script);
    *script = parsed;
    answers_build_openai(script, &script->answers[DIALECT_OPENAI]);
    answers_build_bedrock(script, &script->answers[DIALECT_BEDROCK]);
    script->next = known;
    known = script;
    known_count++;
    return script;
}

const struct bytes *script_piece(const struct script *script, enum dialect dialect, uint32_t index) {
    const struct script_answer *answer = &script->answers[dialect];
    if (index == 0) return &answer->opening;
    return index + 1 == script->chunks ? &answer->closing : &answer->middle;
}
