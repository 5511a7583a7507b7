/*
 * A reference for windows: how fast this machine sends one window at a time, without any other work. Answers any read
 * request with FILE from memory, in windows of segmented datagrams, and waits only for the ACK of each window. It is not
 * a TFTP server: it ignores the name, retransmits nothing, and serves one client at a time.
 *
 * rawsend PORT FILE BLKSIZE WINDOWSIZE
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

static unsigned char burst[65536], *file;

static void flush(int fd, int length, int segment) {
    struct iovec part = {burst, length};
    char control[CMSG_SPACE(sizeof(uint16_t))] = {0};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control,
        .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_UDP, header->cmsg_type = UDP_SEGMENT;
    header->cmsg_len = CMSG_LEN(sizeof(uint16_t));
    *(uint16_t *)CMSG_DATA(header) = segment;
    sendmsg(fd, &message, 0);
}

static void serve(int fd, uint64_t size, int blksize, int windowsize) {
    unsigned char in[2048], oack[128];
    int most = 65507 / (blksize + 4) < 64 ? 65507 / (blksize + 4) : 64;
    uint64_t last = size / blksize + 1;
    int n = 2 + sprintf((char *)oack + 2, "blksize%c%d%cwindowsize%c%d", 0, blksize, 0, 0, windowsize) + 1;
    oack[0] = 0, oack[1] = 6;
    send(fd, oack, n, 0);
    for (uint64_t done = 0; recv(fd, in, sizeof in, 0) >= 4 && in[1] == 4;) {
        done += (uint16_t)((in[2] << 8 | in[3]) - (uint16_t)done);
        if (done >= last) return;
        int length = 0, count = 0;
        uint64_t end = done + windowsize < last ? done + windowsize : last;
        for (uint64_t b = done + 1; b <= end; b++) {
            int octets = b == last ? (int)(size % blksize) : blksize;
            unsigned char *at = burst + length;
            at[0] = 0, at[1] = 3, at[2] = b >> 8 & 0xff, at[3] = b & 0xff;
            memcpy(at + 4, file + (b - 1) * blksize, octets);
            length += 4 + octets;
            if (++count == most || b == end) {
                flush(fd, length, blksize + 4);
                length = count = 0;
            }
        }
    }
}

static uint64_t load(const char *path) {
    FILE *content = fopen(path, "rb");
    if (!content || fseek(content, 0, SEEK_END)) return perror(path), exit(2), 0;
    uint64_t size = ftell(content);
    file = malloc(size + 1);
    rewind(content);
    if (fread(file, 1, size, content) != size) return perror(path), exit(2), 0;
    fclose(content);
    return size;
}

int main(int argc, char **argv) {
    if (argc != 5) {
        fprintf(stderr, "rawsend PORT FILE BLKSIZE WINDOWSIZE\n");
        return 2;
    }
    uint64_t size = load(argv[2]);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1])),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}, peer;
    int listener = socket(AF_INET, SOCK_DGRAM, 0);
    if (bind(listener, (struct sockaddr *)&at, sizeof at)) return perror("bind"), 1;
    for (;;) {
        unsigned char request[2048];
        socklen_t length = sizeof peer;
        recvfrom(listener, request, sizeof request, 0, (struct sockaddr *)&peer, &length);
        int fd = socket(AF_INET, SOCK_DGRAM, 0);
        struct timeval patience = {.tv_sec = 1};
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        connect(fd, (struct sockaddr *)&peer, sizeof peer);
        serve(fd, size, atoi(argv[3]), atoi(argv[4]));
        close(fd);
    }
}
