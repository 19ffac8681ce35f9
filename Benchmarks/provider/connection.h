// One client's connection: reads requests, and writes the pieces of an answer when they are due.
#ifndef BENCH_CONNECTION_H
#define BENCH_CONNECTION_H

#include "request.h"
#include "timer_wheel.h"

#include <stdbool.h>
#include <stdint.h>

enum { CONNECTION_INPUT_CAPACITY = 16384 };

enum connection_phase { PHASE_HEAD, PHASE_BODY, PHASE_ANSWER };

struct connection {
    struct timer timer;  // first, so that a timer's address is its connection's
    int epoll;
    int socket;
    enum connection_phase phase;
    bool closes;          // after the answer, because the client asked for it
    bool waits_to_write;
    bool streams;         // an answer in pieces is under way

    struct request request;
    size_t body_here;    // bytes at the start of `input` that belong to the request's body
    uint64_t body_left;  // bytes of the body that have not been read

    const struct script *script;
    enum dialect dialect;
    uint32_t pieces;      // of the whole answer
    uint32_t pieces_due;
    uint32_t piece;       // the one being written
    size_t offset;        // within that piece

    size_t input_count;
    char input[CONNECTION_INPUT_CAPACITY];
};

// What a step leaves the connection in: alive, or to be closed by the caller.
enum connection_fate { CONNECTION_LIVES, CONNECTION_ENDS };

// connection.c: the life of a connection.

// Takes over an accepted, non-blocking socket.
void connection_open(int epoll, int socket);

// Handles what epoll reported. The connection may be gone afterwards.
void connection_ready(struct connection *connection, uint32_t events);

// The timer wheel's action: the connection's next piece is due.
void connection_timer(struct timer *timer);

// Asks epoll to report the socket writable, or no longer.
void connection_wait_to_write(struct connection *connection, bool wanted);

// input.c: bytes to requests.

// Reads what is there and answers the requests in it.
enum connection_fate connection_read(struct connection *connection);

// Answers requests that have been read already.
enum connection_fate connection_process_input(struct connection *connection);

// output.c: requests to bytes.

// Begins the answer to `connection->request`; the phase is HEAD again if it was written whole.
enum connection_fate connection_answer(struct connection *connection);

// Writes what is due, as far as the socket takes it.
enum connection_fate connection_write(struct connection *connection);

// One more piece is due; also arms the timer for the next.
void connection_piece_due(struct connection *connection);

// Asks a client that waits for it to send its body.
enum connection_fate connection_send_continue(struct connection *connection);

#endif
