// Receives on many UDP sockets and counts.
//
//   sink plain|gro < SOCKETS
//
// Each line of SOCKETS is "ADDRESS PORT TARGET": bind there and, when TARGET is not 0, send an empty datagram to 127.0.0.1:TARGET, which
// latches a server's port. An empty line ends the list; "ready" is printed. From then on every line asks for one with the
// datagrams and bytes received so far. End of input ends the program.
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
#include <unistd.h>

#ifndef UDP_GRO
#define UDP_GRO 104
#endif

enum { BATCH = 64, SLOT = 65536 };

static char slots[BATCH][SLOT];
static char controls[BATCH][CMSG_SPACE(sizeof(int))];
static struct mmsghdr messages[BATCH];
static struct iovec vectors[BATCH];
static long datagrams, bytes;

static int open_socket(const char *address, int port, int target, int gro) {
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

static void drain(int fd, int gro) {
    for (int i = 0; i < BATCH; i++) {
        vectors[i] = (struct iovec){slots[i], SLOT};
        messages[i].msg_hdr = (struct msghdr){.msg_iov = &vectors[i], .msg_iovlen = 1};
        if (gro) {
            messages[i].msg_hdr.msg_control = controls[i];
            messages[i].msg_hdr.msg_controllen = sizeof controls[i];
        }
    }
    int received = recvmmsg(fd, messages, BATCH, MSG_DONTWAIT, NULL);
    for (int i = 0; i < received; i++) {
        int length = messages[i].msg_len, segment = gro ? segment_size(&messages[i].msg_hdr) : 0;
        datagrams += segment > 0 && length > 0 ? (length + segment - 1) / segment : 1;
        bytes += length;
    }
}

int main(int argc, char **argv) {
    int gro = argc > 1 && strcmp(argv[1], "gro") == 0;
    int poll = epoll_create1(0);
    char line[256], address[64];
    int port, target;
    while (fgets(line, sizeof line, stdin) && sscanf(line, "%63s %d %d", address, &port, &target) == 3) {
        int fd = open_socket(address, port, target, gro);
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
                drain(events[i].data.fd, gro);
                continue;
            }
            if (read(STDIN_FILENO, line, sizeof line) <= 0)
                return 0;
            printf("%ld %ld\n", datagrams, bytes);
            fflush(stdout);
        }
    }
}
