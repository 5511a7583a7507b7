/*
 * A reference for lock-step clients: how fast this machine answers each ACK with the next block, without any other work.
 * One thread, epoll, a new connected socket for each request, blocks from FILEs in memory. It is not a TFTP server: it
 * checks almost nothing, retransmits nothing, and supports only the option blksize.
 *
 * rawblocks PORT FILE...
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <libgen.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

struct content {
    const char *name;
    unsigned char *octets;
    uint64_t size;
};

struct client {
    int fd, blksize;
    uint64_t done; /* blocks acknowledged */
    struct content *file;
};

static struct content files[8];
static int count, epfd;

static void load(struct content *file, char *path) {
    FILE *from = fopen(path, "rb");
    if (!from || fseek(from, 0, SEEK_END)) perror(path), exit(2);
    file->name = strdup(basename(path));
    file->size = ftell(from);
    file->octets = malloc(file->size + 1);
    rewind(from);
    if (fread(file->octets, 1, file->size, from) != file->size) perror(path), exit(2);
    fclose(from);
}

static void end(struct client *c) {
    close(c->fd);
    free(c);
}

static void next(struct client *c) {
    unsigned char header[4];
    uint64_t from = c->done * c->blksize, block = c->done + 1;
    if (from > c->file->size) {
        end(c);
        return;
    }
    uint64_t left = c->file->size - from;
    header[0] = 0, header[1] = 3, header[2] = block >> 8 & 0xff, header[3] = block & 0xff;
    struct iovec parts[] = {{header, 4}, {c->file->octets + from, left < (uint64_t)c->blksize ? left : (uint64_t)c->blksize}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    sendmsg(c->fd, &message, 0);
}

static void acknowledged(struct client *c) {
    unsigned char in[64];
    ssize_t n = recv(c->fd, in, sizeof in, 0);
    if (n < 4 || in[1] != 4) {
        if (n >= 2) end(c); /* an ERROR */
        return;
    }
    uint16_t ahead = (in[2] << 8 | in[3]) - (uint16_t)c->done;
    if (ahead > 1) return;
    c->done += ahead;
    next(c);
}

static void requested(int listener) {
    char request[600];
    struct sockaddr_in peer;
    socklen_t length = sizeof peer;
    ssize_t n = recvfrom(listener, request, sizeof request - 1, 0, (struct sockaddr *)&peer, &length);
    if (n < 4 || request[1] != 1) return;
    request[n] = 0;
    struct client *c = calloc(1, sizeof *c);
    c->blksize = 512;
    for (int i = 0; i < count; i++)
        if (!strcmp(files[i].name, request + 2)) c->file = &files[i];
    int at = 2 + strlen(request + 2) + 1;
    at += strlen(request + at) + 1;
    if (!c->file) {
        free(c);
        return;
    }
    c->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    connect(c->fd, (struct sockaddr *)&peer, sizeof peer);
    struct epoll_event wish = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(epfd, EPOLL_CTL_ADD, c->fd, &wish);
    if (at < n && !strcasecmp(request + at, "blksize")) {
        char *value = request + at + strlen("blksize") + 1;
        c->blksize = atoi(value);
        char oack[32] = {0, 6};
        memcpy(oack + 2, "blksize", 8);
        memcpy(oack + 10, value, strlen(value) + 1);
        send(c->fd, oack, 10 + strlen(value) + 1, 0);
    } else {
        next(c);
    }
}

int main(int argc, char **argv) {
    if (argc < 3 || argc > 10) {
        fprintf(stderr, "rawblocks PORT FILE...\n");
        return 2;
    }
    for (int i = 2; i < argc; i++) load(&files[count++], argv[i]);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1])),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int listener = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), room = 1 << 20;
    setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    if (bind(listener, (struct sockaddr *)&here, sizeof here)) return perror("bind"), 1;
    epfd = epoll_create1(0);
    struct epoll_event wish = {.events = EPOLLIN, .data.ptr = NULL}, events[256];
    epoll_ctl(epfd, EPOLL_CTL_ADD, listener, &wish);
    for (;;) {
        int n = epoll_wait(epfd, events, 256, -1);
        for (int i = 0; i < n; i++) {
            if (events[i].data.ptr) acknowledged(events[i].data.ptr);
            else requested(listener);
        }
    }
}
