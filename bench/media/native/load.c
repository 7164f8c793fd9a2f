// The load: a paced sender of RTP packets, and receivers on many UDP sockets that count what comes back. One program on one core, so that
// neither waits for the other's turn: a sender that does sends in clumps, and a sink that does is overrun.
//
//   load plain|gro < COMMANDS
//
// First come lines "ADDRESS PORT TARGET": bind there and, when TARGET is not 0, send an empty datagram to 127.0.0.1:TARGET, which latches a
// server's port. An empty line ends them and is answered with "ready". From then on each line is a command and has one line of answer:
//
//   send PORT SIZE BURST    latches 127.0.0.1:PORT with an empty datagram; rate says how much goes there
//   rate PACKETS_PER_SECOND may be 0
//   stamp                   from now on the kernel notes when each datagram arrives, which costs its sender a little
//   now                     answered with packets sent, datagrams received, and those its sockets had no room for
//   delay                   answered with the 50th, 99th and 99.9th percentile, in us, of the delays since it was last asked
//
// End of input ends the program.
//
// What is sent has one SSRC, sequence numbers that advance, a marker on each burst's last packet, and at byte 12 the time it was sent
// (CLOCK_REALTIME, nanoseconds). A delay is that from this time to the arrival at the socket as the kernel saw it: how late this program
// comes to read it does not matter. A burst is handed to the kernel in one piece (UDP_SEGMENT): whoever receives with UDP_GRO gets it as the
// network card of a host that coalesces would give it, and everybody else packet by packet.
//
// It never sleeps: waking a sleeper on another core costs the sender more than the packet does, and a receiver across a network
// costs it nothing of the kind; and a sleeper wakes late.
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

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif
#ifndef SO_MEMINFO
#define SO_MEMINFO 55
#endif

// Few at once: the sender's next packet may be due.
enum { BATCH = 16, SLOT = 65536 };

static char slots[BATCH][SLOT];
static char controls[BATCH][CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(struct timespec))];
static struct mmsghdr messages[BATCH];
static struct iovec vectors[BATCH];
static int gro, stamp;
static long datagrams;

// Delays in steps of 1 us to 4 ms, then of 64 us to 266 ms.
enum { FINE = 4096, COARSE = 4096, STEP = 64 };
static long delays[FINE + COARSE], delay_count;
static int fds[65536], fd_count;

static struct {
    int fd, size, burst;
    unsigned char *packets;
    unsigned sequence, frame;
    long sent;
    double rate;
    long long due;
} source = {.fd = -1};

static long long nanoseconds(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static void latch(int fd, int port) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    sendto(fd, "", 0, 0, (struct sockaddr *)&to, sizeof to);
}

static void open_sink(const char *address, int port, int target) {
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
    if (target)
        latch(fd, target);
    fds[fd_count++] = fd;
}

static void open_source(int port, int size, int burst) {
    source.fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    latch(source.fd, port);
    if (connect(source.fd, (struct sockaddr *)&to, sizeof to) < 0) {
        perror("connect");
        exit(1);
    }
    if (burst > 1)
        setsockopt(source.fd, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof size);
    source.packets = calloc(burst, size);
    source.size = size;
    source.burst = burst;
}

static void fill(unsigned char *packet, unsigned sequence, int marker) {
    unsigned timestamp = source.frame * 3000;
    unsigned char rtp[12] = {0x80, 96 | (marker ? 0x80 : 0), sequence >> 8, sequence, timestamp >> 24, timestamp >> 16, timestamp >> 8,
                             timestamp, 0x11, 0x22, 0x33, 0x44};
    long long now = nanoseconds(CLOCK_REALTIME);
    memcpy(packet, rtp, sizeof rtp);
    if (source.size >= 20)
        memcpy(packet + 12, &now, sizeof now);
}

static void set_rate(double rate) {
    source.rate = rate;
    source.due = nanoseconds(CLOCK_MONOTONIC);
}

static void send_if_due(void) {
    if (source.rate <= 0)
        return;
    long long now = nanoseconds(CLOCK_MONOTONIC);
    if (now < source.due)
        return;
    // A sender that was kept from its work does not catch up: what piles up here would count as delay there.
    if (now - source.due > 200000)
        source.due = now;
    for (int i = 0; i < source.burst; i++)
        fill(source.packets + (long)i * source.size, source.sequence++, i == source.burst - 1);
    if (send(source.fd, source.packets, (size_t)source.burst * source.size, MSG_DONTWAIT) > 0)
        source.sent += source.burst;
    source.frame++;
    source.due += (long long)(1e9 * source.burst / source.rate);
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

static void drain(int fd) {
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
        if (stamp)
            observe(&messages[i].msg_hdr, slots[i], length, segment);
    }
}

static void start_stamping(void) {
    int on = 1;
    for (int i = 0; i < fd_count; i++)
        setsockopt(fds[i], SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    stamp = 1;
}

static void obey(const char *command) {
    int port, size, burst;
    double rate;
    if (sscanf(command, "send %d %d %d", &port, &size, &burst) == 3)
        open_source(port, size, burst);
    else if (sscanf(command, "rate %lf", &rate) == 1)
        set_rate(rate);
    else if (strncmp(command, "stamp", 5) == 0)
        start_stamping();
    else if (strncmp(command, "now", 3) == 0) {
        printf("%ld %ld %ld\n", source.sent, datagrams, dropped());
        return;
    } else if (strncmp(command, "delay", 5) == 0) {
        printf("%ld %ld %ld\n", percentile(0.5), percentile(0.99), percentile(0.999));
        memset(delays, 0, sizeof delays);
        delay_count = 0;
        return;
    } else {
        fprintf(stderr, "no such command: %s", command);
        exit(2);
    }
    printf("ok\n");
}

int main(int argc, char **argv) {
    gro = argc > 1 && strcmp(argv[1], "gro") == 0;
    int poll = epoll_create1(0);
    char line[256], address[64];
    int port, target;
    while (fgets(line, sizeof line, stdin) && sscanf(line, "%63s %d %d", address, &port, &target) == 3) {
        open_sink(address, port, target);
        struct epoll_event event = {.events = EPOLLIN, .data.fd = fds[fd_count - 1]};
        epoll_ctl(poll, EPOLL_CTL_ADD, fds[fd_count - 1], &event);
    }
    struct epoll_event event = {.events = EPOLLIN, .data.fd = STDIN_FILENO};
    epoll_ctl(poll, EPOLL_CTL_ADD, STDIN_FILENO, &event);
    printf("ready\n");
    fflush(stdout);

    for (;;) {
        struct epoll_event events[256];
        int count = epoll_wait(poll, events, 256, 0);
        send_if_due();
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd != STDIN_FILENO) {
                drain(events[i].data.fd);
                send_if_due();
                continue;
            }
            ssize_t length = read(STDIN_FILENO, line, sizeof line - 1);
            if (length <= 0)
                return 0;
            line[length] = 0;
            obey(line);
            fflush(stdout);
        }
    }
}
