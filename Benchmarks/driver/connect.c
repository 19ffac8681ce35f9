#include "connect.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

int connect_start(const struct options *options, int receive_buffer) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    // Before connect(): the window that is offered at the handshake follows from it.
    if (receive_buffer > 0) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    if (connect(fd, (const struct sockaddr *)&options->server, sizeof options->server) != 0 && errno != EINPROGRESS) {
        const int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

enum send_result send_request(const struct options *options, int socket, size_t *offset) {
    while (*offset < options->request_length) {
        const ssize_t sent = send(socket, options->request + *offset, options->request_length - *offset, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return errno == EAGAIN ? SEND_AGAIN : SEND_FAILED;
        *offset += (size_t)sent;
    }
    return SEND_DONE;
}
