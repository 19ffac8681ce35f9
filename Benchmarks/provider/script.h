// What the provider answers for a model: everything is chosen by the model's name and built once, when it is first
// asked for.
//
//   bench[-<chunks>x<pause ms>][-f<first ms>][-t<text bytes>]
//
// `bench-60x50-f200` streams 60 chunks 50 ms apart, the first after 200 ms; `-t` sets the bytes of text in each chunk.
#ifndef BENCH_SCRIPT_H
#define BENCH_SCRIPT_H

#include "bytes.h"

#include <stdint.h>

enum dialect { DIALECT_OPENAI, DIALECT_BEDROCK, DIALECT_COUNT };

enum { SCRIPT_NAME_LIMIT = 64 };

struct script_answer {
    struct bytes whole;    // the answer of a call that does not stream, with its head
    struct bytes opening;  // head, start of the message, first chunk; also the end when there is one chunk only
    struct bytes middle;   // one chunk
    struct bytes closing;  // last chunk, end of the message, usage, end of the transfer coding
};

struct script {
    char name[SCRIPT_NAME_LIMIT];
    uint32_t chunks;
    uint32_t pause_ms;
    uint32_t first_ms;
    uint32_t text_bytes;
    struct script_answer answers[DIALECT_COUNT];
    struct script *next;
};

// The script of that name, or NULL when the name is none: the caller answers 404.
const struct script *script_named(const char *name, size_t length);

// Piece `index` (0 ..< chunks) of a stream.
const struct bytes *script_piece(const struct script *script, enum dialect dialect, uint32_t index);

#endif
