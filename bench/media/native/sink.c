// Receives on many UDP sockets and counts.
//
//   sink plain|gro [stamp] < SOCKETS
//
// Each line of SOCKETS is "ADDRESS PORT TARGET": bind there and, when TARGET is not 0, send an empty datagram to 127.0.0.1:TARGET, which
// latches a server's port. An empty line ends the list; "ready" is printed. From then on every line asks for one with the
// datagrams and bytes received so far, and the buffers these sockets have dropped; "delay" asks for the delays since the last such line
// instead. End of input ends the program.
//
// With stamp, the delay of each datagram is that from the time at its byte 12 (see source.c) to its arrival at its socket as the kernel
// saw it: how late this program comes to read it does not matter. Printed are the count, and the 50th, 99th and 99.9th percentile in us.
//
// It never sleeps: waking a sleeper on another core costs the sender more than the packet does, and a receiver across a network
// costs it nothing of the kind.
//
// With gro the kernel may hand over several datagrams of one sender as one; they are counted one by one.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef UDP_GRO
#define UDP_GRO 104
#endif
#ifndef SO_MEMINFO
#define SO_MEMINFO 55
#endif

enum { BATCH = 64, SLOT = 65536 };

static char slots[BATCH][SLOT];
static char controls[BATCH][CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(struct timespec))];
static struct mmsghdr messages[BATCH];
static struct iovec vectors[BATCH];
static long datagrams, bytes;

// Delays in steps of 1 us to 4 ms, then of 64 us to 266 ms.
enum { FINE = 4096, COARSE = 4096, STEP = 64 };
static long delays[FINE + COARSE], delay_count;
static int fds[65536], fd_count;

static int open_socket(const char *address, int port, int target, int gro, int stamp) {
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = inet_addr(address)};
    int buffer = 8 << 20, on = 1;
    if (fd < 0 || bind(fd, (struct sockaddr *)&name, sizeof name) < 0) {
        perror("bind");
        exit(1);
    }
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer) < 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    if (gro)
        setsockopt(fd, IPPROTO_UDP, UDP_GRO, &on, sizeof on);
    if (stamp)
        setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    if (target) {
        struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(target), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        sendto(fd, "", 0, 0, (struct sockaddr *)&to, sizeof to);
    }
    return fd;
}

static int segment_size(struct msghdr *message) {
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
        if (c->cmsg_level == IPPROTO_UDP && c->cmsg_type == UDP_GRO) {
            int size;
            memcpy(&size, CMSG_DATA(c), sizeof size);
            return size;
        }
    }
    return 0;
}

static void observe(struct msghdr *message, const char *slot, int length, int segment) {
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_TIMESTAMPNS)
            continue;
        struct timespec at;
        memcpy(&at, CMSG_DATA(c), sizeof at);
        long long arrived = at.tv_sec * 1000000000ll + at.tv_nsec, sent;
        for (int i = 0; i + 20 <= length; i += segment > 0 ? segment : length) {
            memcpy(&sent, slot + i + 12, sizeof sent);
            long us = (arrived - sent) / 1000;
            long place = us < 0 ? 0 : us < FINE ? us : FINE + (us - FINE) / STEP;
            delays[place < FINE + COARSE ? place : FINE + COARSE - 1]++;
            delay_count++;
        }
    }
}

static long percentile(double part) {
    long seen = 0, wanted = delay_count * part;
    for (int i = 0; i < FINE + COARSE; i++) {
        seen += delays[i];
        if (seen > wanted)
            return i < FINE ? i : FINE + (long)(i - FINE) * STEP;
    }
    return 0;
}

static void tell_delays(void) {
    printf("%ld %ld %ld %ld\n", delay_count, percentile(0.5), percentile(0.99), percentile(0.999));
    memset(delays, 0, sizeof delays);
    delay_count = 0;
}

static long dropped(void) {
    long sum = 0;
    for (int i = 0; i < fd_count; i++) {
        unsigned info[9] = {0};
        socklen_t length = sizeof info;
        // The last of them is SK_MEMINFO_DROPS.
        if (getsockopt(fds[i], SOL_SOCKET, SO_MEMINFO, info, &length) == 0)
            sum += info[8];
    }
    return sum;
}

static void drain(int fd, int gro, int stamp) {
    for (int i = 0; i < BATCH; i++) {
        vectors[i] = (struct iovec){slots[i], SLOT};
        messages[i].msg_hdr = (struct msghdr){.msg_iov = &vectors[i], .msg_iovlen = 1};
        if (gro || stamp) {
            messages[i].msg_hdr.msg_control = controls[i];
            messages[i].msg_hdr.msg_controllen = sizeof controls[i];
        }
    }
    int received = recvmmsg(fd, messages, BATCH, MSG_DONTWAIT, NULL);
    for (int i = 0; i < received; i++) {
        int length = messages[i].msg_len, segment = gro ? segment_size(&messages[i].msg_hdr) : 0;
        datagrams += segment > 0 && length > 0 ? (length + segment - 1) / segment : 1;
        bytes += length;
        if (stamp)
            observe(&messages[i].msg_hdr, slots[i], length, segment);
    }
}

int main(int argc, char **argv) {
    int gro = argc > 1 && strcmp(argv[1], "gro") == 0;
    int stamp = argc > 2 && strcmp(argv[2], "stamp") == 0;
    int poll = epoll_create1(0);
    char line[256], address[64];
    int port, target;
    while (fgets(line, sizeof line, stdin) && sscanf(line, "%63s %d %d", address, &port, &target) == 3) {
        int fd = open_socket(address, port, target, gro, stamp);
        fds[fd_count++] = fd;
        struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
        epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
    }
    struct epoll_event event = {.events = EPOLLIN, .data.fd = STDIN_FILENO};
    epoll_ctl(poll, EPOLL_CTL_ADD, STDIN_FILENO, &event);
    printf("ready\n");
    fflush(stdout);

    for (;;) {
        struct epoll_event events[256];
        int count = epoll_wait(poll, events, 256, 0);
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd != STDIN_FILENO) {
                drain(events[i].data.fd, gro, stamp);
                continue;
            }
            if (read(STDIN_FILENO, line, sizeof line) <= 0)
                return 0;
            if (strncmp(line, "delay", 5) == 0)
                tell_delays();
            else
                printf("%ld %ld %ld\n", datagrams, bytes, dropped());
            fflush(stdout);
        }
    }
}
