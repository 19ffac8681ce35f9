// What the answers of both dialects are put together from.
#ifndef BENCH_ANSWERS_TEXT_H
#define BENCH_ANSWERS_TEXT_H

#include "script.h"

// The text of one chunk, NUL-terminated: words of five letters behind spaces, which is what a token looks like and
// holds nothing that JSON must escape.
struct bytes answers_chunk_text(const struct script *script);

// Appends the head of an answer whose length is known, then its body; frees `body`.
void answers_append_whole(struct bytes *out, const char *request_id_field, struct bytes *body);

// Appends `payload` as one chunk of the transfer coding; frees `payload`.
void answers_flush_chunk(struct bytes *out, struct bytes *payload);

#endif
