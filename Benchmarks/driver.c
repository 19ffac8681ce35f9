// A load driver for HTTP/1.1: requests a second, many streams at once, clients that do not read. One thread; see
// --help.

#include "common/process.h"
#include "driver/modes.h"

#include <signal.h>
#include <stdlib.h>

int main(int count, char **values) {
    const struct options options = options_parse(count, values);
    process_raise_descriptor_limit();
    signal(SIGPIPE, SIG_IGN);
    switch (options.mode) {
    case MODE_RPS: mode_rps(&options); break;
    case MODE_STREAM: mode_stream(&options); break;
    case MODE_STALL: mode_stall(&options); break;
    }
    free(options.request);
    return 0;
}
