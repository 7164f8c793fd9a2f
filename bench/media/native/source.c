// A paced sender of RTP packets: one SSRC, sequence numbers that advance, a marker on each burst's last packet, and at byte 12 the
// time it was sent (CLOCK_REALTIME, nanoseconds) for `sink stamp`.
//
//   source PORT SIZE BURST PACKETS_PER_SECOND
//
// Latches 127.0.0.1:PORT with an empty datagram, then sends. Each line of input is answered with the packets sent so far; one that holds a
// number changes the rate to it. Ends with its input.
//
// A burst is handed to the kernel in one piece (UDP_SEGMENT): whoever receives with UDP_GRO gets it as the network card of a host that
// coalesces would give it, and everybody else packet by packet.
//
// It asks for a real-time priority: a sender that waits for its turn on the core it shares with the sink sends in clumps, and clumps of
// single packets are bursts.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

static long long nanoseconds(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static void fill(unsigned char *packet, int size, unsigned sequence, unsigned frame, int marker) {
    unsigned timestamp = frame * 3000;
    unsigned char rtp[12] = {0x80, 96 | (marker ? 0x80 : 0), sequence >> 8, sequence, timestamp >> 24, timestamp >> 16, timestamp >> 8,
                             timestamp, 0x11, 0x22, 0x33, 0x44};
    long long now = nanoseconds(CLOCK_REALTIME);
    if (size < 20)
        return;
    memcpy(packet, rtp, sizeof rtp);
    memcpy(packet + 12, &now, sizeof now);
}

int main(int argc, char **argv) {
    if (argc != 5) {
        fprintf(stderr, "source PORT SIZE BURST PACKETS_PER_SECOND\n");
        return 2;
    }
    int port = atoi(argv[1]), size = atoi(argv[2]), burst = atoi(argv[3]);
    double rate = atof(argv[4]);
    struct sched_param priority = {.sched_priority = 1};
    sched_setscheduler(0, SCHED_FIFO, &priority);
    prctl(PR_SET_TIMERSLACK, 1);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0) {
        perror("connect");
        return 1;
    }
    send(fd, "", 0, 0);

    if (burst > 1)
        setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof size);
    unsigned char *packets = calloc(burst, size);
    unsigned sequence = 0, frame = 0;
    long sent = 0;
    long long due = nanoseconds(CLOCK_MONOTONIC), checked = 0;
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    for (;;) {
        long long now = nanoseconds(CLOCK_MONOTONIC);
        if (now - checked > 1000000) {
            checked = now;
            char line[64] = {0};
            if (poll(&input, 1, 0) > 0) {
                if (read(STDIN_FILENO, line, sizeof line - 1) <= 0)
                    return 0;
                if (atof(line) > 0) {
                    rate = atof(line);
                    due = now;
                }
                printf("%ld\n", sent);
                fflush(stdout);
            }
            // Whoever is this late has no business catching up.
            if (now - due > 20000000)
                due = now;
        }
        if (now < due) {
            struct timespec until = {due / 1000000000, due % 1000000000};
            if (due - now > 2000000) {
                now += 1000000;
                until = (struct timespec){now / 1000000000, now % 1000000000};
            }
            clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
            continue;
        }
        for (int i = 0; i < burst; i++)
            fill(packets + (long)i * size, size, sequence++, frame, i == burst - 1);
        if (send(fd, packets, (size_t)burst * size, 0) > 0)
            sent += burst;
        frame++;
        due += (long long)(1e9 * burst / rate);
    }
}
