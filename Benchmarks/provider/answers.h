// The two dialects' answers as finished bytes, heads and chunked transfer coding included.
#ifndef BENCH_ANSWERS_H
#define BENCH_ANSWERS_H

#include "script.h"

// Tokens that every answer reports for its prompt; for its completion it reports one token a chunk.
enum { ANSWERS_PROMPT_TOKENS = 12 };

void answers_build_openai(const struct script *script, struct script_answer *answer);
void answers_build_bedrock(const struct script *script, struct script_answer *answer);

#endif
