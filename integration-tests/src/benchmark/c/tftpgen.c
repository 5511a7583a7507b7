/*
 * A load generator with low overhead: one thread, epoll, a socket for each transfer, several datagrams in one system call.
 * It does no more with a block than a real client must: it checks the number and the length.
 * With CHECK=FILE in the environment it compares every byte with that file, as a load tester does. With PLAIN=1 it
 * receives one datagram with each system call.
 *
 * tftpgen get|put HOST PORT FILE SIZE BLKSIZE WINDOWSIZE CLIENTS TRANSFERS
 * prints one line: seconds, bytes, transfers, failures, cpu seconds, first byte p50 and p99 in microseconds, resends
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

#ifndef GIVE_UP_AFTER
#define GIVE_UP_AFTER 20
#endif

enum { LONGEST = 65536, RESEND_NS = 1000000000, GIVE_UP = GIVE_UP_AFTER, TICK_MS = 100 };

struct client {
    int fd;
    int bound;            /* the server's TID is known */
    uint64_t done;        /* blocks received, or acknowledged */
    uint64_t acked;       /* get: the block of the last ACK */
    uint64_t last;        /* put: the number of blocks */
    int gap;
    int tries;
    int64_t asked, heard;
    int blksize, windowsize;
    uint64_t bytes;
};

static struct sockaddr_in server;
static const char *file;
static int putting, blksize, windowsize, clients, epfd;
static long transfers, started, finished, failed, resends;
static uint64_t size, total;
static int64_t *first_bytes;
static long first_count;
static unsigned char out[LONGEST + 64], in[LONGEST];
static unsigned char *expected;

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void die(const char *what) {
    perror(what);
    exit(2);
}

static int text(unsigned char *to, const char *what) {
    size_t length = strlen(what) + 1;
    memcpy(to, what, length);
    return (int)length;
}

static int option(unsigned char *to, const char *name, long value) {
    char digits[32];
    snprintf(digits, sizeof digits, "%ld", value);
    int length = text(to, name);
    return length + text(to + length, digits);
}

static void request(struct client *c) {
    unsigned char message[512] = {0, putting ? 2 : 1};
    int n = 2;
    n += text(message + n, file);
    n += text(message + n, "octet");
    if (blksize != 512) n += option(message + n, "blksize", blksize);
    if (windowsize > 1) n += option(message + n, "windowsize", windowsize);
    sendto(c->fd, message, n, 0, (struct sockaddr *)&server, sizeof server);
}

static void ack(struct client *c, uint64_t block) {
    unsigned char message[4] = {0, 4, block >> 8 & 0xff, block & 0xff};
    c->acked = block;
    send(c->fd, message, 4, 0);
}

/* put: the window after the last acknowledged block, as one segmented datagram where it is more than one block */
static void send_window(struct client *c) {
    int datagram = c->blksize + 4, n = 0, count = 0;
    int most = LONGEST / datagram < 64 ? LONGEST / datagram : 64;
    for (uint64_t b = c->done + 1; b <= c->last && b <= c->done + c->windowsize; b++) {
        int length = b == c->last ? (int)(size - (c->last - 1) * c->blksize) : c->blksize;
        out[n] = 0, out[n + 1] = 3, out[n + 2] = b >> 8 & 0xff, out[n + 3] = b & 0xff;
        n += 4 + length;
        if (++count == most || n + datagram > 65500 || b == c->last || b == c->done + c->windowsize) {
            struct iovec part = {out, n};
            char control[CMSG_SPACE(sizeof(uint16_t))] = {0};
            struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
            if (count > 1) {
                message.msg_control = control, message.msg_controllen = sizeof control;
                struct cmsghdr *header = CMSG_FIRSTHDR(&message);
                header->cmsg_level = SOL_UDP, header->cmsg_type = UDP_SEGMENT;
                header->cmsg_len = CMSG_LEN(sizeof(uint16_t));
                *(uint16_t *)CMSG_DATA(header) = datagram;
            }
            sendmsg(c->fd, &message, 0);
            n = count = 0;
        }
    }
}

static void begin(struct client *c) {
    memset(c, 0, sizeof *c);
    c->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    if (c->fd < 0) die("socket");
    if (windowsize > 1 && !putting) {
        int on = !getenv("PLAIN"), room = 1 << 20;
        setsockopt(c->fd, SOL_UDP, UDP_GRO, &on, sizeof on);
        setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    }
    c->blksize = 512, c->windowsize = 1;
    c->asked = c->heard = now();
    struct epoll_event wish = {.events = EPOLLIN, .data.ptr = c};
    if (epoll_ctl(epfd, EPOLL_CTL_ADD, c->fd, &wish)) die("epoll_ctl");
    started++;
    request(c);
}

static void end(struct client *c, int good) {
    close(c->fd);
    c->fd = -1;
    finished++;
    if (good) total += c->bytes;
    else failed++;
    if (started < transfers) begin(c);
}

static void granted(struct client *c, const unsigned char *p, int n) {
    for (int at = 2; at < n;) {
        const char *name = (const char *)p + at;
        at += (int)strlen(name) + 1;
        if (at >= n) break;
        const char *value = (const char *)p + at;
        at += (int)strlen(value) + 1;
        if (!strcasecmp(name, "blksize")) c->blksize = atoi(value);
        if (!strcasecmp(name, "windowsize")) c->windowsize = atoi(value);
    }
}

static void first_byte(struct client *c) {
    if (first_count < transfers) first_bytes[first_count++] = (now() - c->asked) / 1000;
}

/* one datagram; returns 0 when the client has ended */
static int arrived(struct client *c, unsigned char *p, int n) {
    if (n < 4) return 1;
    int code = p[1], block = p[2] << 8 | p[3];
    if (code == 5) {
        if (!failed) fprintf(stderr, "tftpgen: ERROR %d %.*s\n", block, n - 5 > 0 ? n - 5 : 0, p + 4);
        end(c, 0);
        return 0;
    }
    if (code == 6) {
        p[n - 1] = 0;
        granted(c, p, n);
        if (!putting) ack(c, 0);
    }
    if (putting) {
        if (!c->last) c->last = size / c->blksize + 1;
        if (code != 4 && !(code == 6 && !c->done)) return 1;
        uint64_t ahead = code == 4 ? (uint16_t)(block - (uint16_t)c->done) : 0;
        if (code == 4 && ahead == 0 && c->done) return 1;
        if (ahead > (uint64_t)c->windowsize) return 1;
        c->done += ahead;
        c->heard = now();
        c->tries = 0;
        if (c->done == c->last) {
            c->bytes = size;
            end(c, 1);
            return 0;
        }
        send_window(c);
        return 1;
    }
    if (code != 3) return 1;
    if ((uint16_t)(c->done + 1) != block) {
        if (!c->gap && (uint16_t)(block - (uint16_t)c->done) < 32768) c->gap = 1, ack(c, c->done);
        else if ((uint16_t)c->done == block && c->acked == c->done) ack(c, c->done);
        return 1;
    }
    if (!c->done) first_byte(c);
    c->gap = 0;
    c->tries = 0;
    c->done++;
    if (expected && (c->bytes + n - 4 > size || memcmp(expected + c->bytes, p + 4, n - 4))) {
        end(c, 0);
        return 0;
    }
    c->bytes += n - 4;
    if (n - 4 < c->blksize) {
        ack(c, c->done);
        end(c, size == 0 || c->bytes == size);
        return 0;
    }
    if (c->done - c->acked == (uint64_t)c->windowsize) ack(c, c->done);
    return 1;
}

static void readable(struct client *c) {
    for (int reads = 0; reads < 16; reads++) {
        char control[CMSG_SPACE(sizeof(int))];
        struct sockaddr_in from;
        struct iovec part = {in, sizeof in};
        struct msghdr message = {.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &part, .msg_iovlen = 1,
            .msg_control = control, .msg_controllen = sizeof control};
        int n = (int)recvmsg(c->fd, &message, 0);
        if (n < 0) {
            if (errno == ECONNREFUSED) end(c, 0);
            return;
        }
        if (!c->bound) {
            c->bound = 1;
            connect(c->fd, (struct sockaddr *)&from, sizeof from);
        }
        c->heard = now();
        int segment = n;
        for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header))
            if (header->cmsg_level == SOL_UDP && header->cmsg_type == UDP_GRO) segment = *(int *)CMSG_DATA(header);
        for (int at = 0; at < n; at += segment)
            if (!arrived(c, in + at, n - at < segment ? n - at : segment)) return;
        if (windowsize == 1) return;
    }
}

static void silent(struct client *c) {
    resends++;
    c->heard = now();
    if (++c->tries > GIVE_UP) end(c, 0);
    else if (!c->bound) request(c);
    else if (putting) send_window(c);
    else ack(c, c->done);
}

static void expect(const char *path) {
    FILE *content = fopen(path, "rb");
    expected = malloc(size + 1);
    if (!content || fread(expected, 1, size, content) != size) die(path);
    fclose(content);
}

static int by_value(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

int main(int argc, char **argv) {
    if (argc != 10) {
        fprintf(stderr, "tftpgen get|put HOST PORT FILE SIZE BLKSIZE WINDOWSIZE CLIENTS TRANSFERS\n");
        return 2;
    }
    putting = !strcmp(argv[1], "put");
    server.sin_family = AF_INET;
    inet_pton(AF_INET, argv[2], &server.sin_addr);
    server.sin_port = htons(atoi(argv[3]));
    file = argv[4];
    size = strtoull(argv[5], NULL, 10);
    blksize = atoi(argv[6]);
    windowsize = atoi(argv[7]);
    clients = atoi(argv[8]);
    transfers = atol(argv[9]);
    if (getenv("CHECK") && !putting) expect(getenv("CHECK"));
    first_bytes = calloc(transfers, sizeof *first_bytes);
    struct client *all = calloc(clients, sizeof *all);
    epfd = epoll_create1(0);
    int64_t start = now();
    for (int i = 0; i < clients; i++) {
        all[i].fd = -1;
        if (started < transfers) begin(&all[i]);
    }
    int64_t looked = start;
    while (finished < transfers) {
        struct epoll_event events[256];
        int n = epoll_wait(epfd, events, 256, TICK_MS);
        for (int i = 0; i < n; i++) {
            struct client *c = events[i].data.ptr;
            if (c->fd >= 0) readable(c);
        }
        int64_t t = now();
        if (t - looked > TICK_MS * INT64_C(1000000)) {
            looked = t;
            for (int i = 0; i < clients; i++)
                if (all[i].fd >= 0 && t - all[i].heard > RESEND_NS) silent(&all[i]);
        }
    }
    double seconds = (now() - start) / 1e9;
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    double cpu = used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    qsort(first_bytes, first_count, sizeof *first_bytes, by_value);
    long long p50 = first_count ? first_bytes[first_count / 2] : 0;
    long long p99 = first_count ? first_bytes[first_count * 99 / 100] : 0;
    printf("%.4f %llu %ld %ld %.3f %lld %lld %ld\n", seconds, (unsigned long long)total, finished, failed, cpu, p50, p99,
        resends);
    return failed != 0;
}
