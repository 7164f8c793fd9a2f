// A paced sender of RTP packets: one SSRC, sequence numbers that advance, a marker on each burst's last packet.
//
//   source PORT SIZE BURST PACKETS_PER_SECOND
//
// Sends to 127.0.0.1:PORT until its input ends. Latches first with an empty datagram.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static void header(unsigned char *packet, unsigned sequence, unsigned frame, int marker) {
    unsigned timestamp = frame * 3000;
    unsigned char rtp[12] = {0x80, 96 | (marker ? 0x80 : 0), sequence >> 8, sequence, timestamp >> 24, timestamp >> 16, timestamp >> 8,
                             timestamp, 0x11, 0x22, 0x33, 0x44};
    memcpy(packet, rtp, sizeof rtp);
}

int main(int argc, char **argv) {
    if (argc != 5) {
        fprintf(stderr, "source PORT SIZE BURST PACKETS_PER_SECOND\n");
        return 2;
    }
    int port = atoi(argv[1]), size = atoi(argv[2]), burst = atoi(argv[3]);
    double rate = atof(argv[4]);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0) {
        perror("connect");
        return 1;
    }
    send(fd, "", 0, 0);

    unsigned char *packet = calloc(1, size < 12 ? 12 : size);
    unsigned sequence = 0, frame = 0;
    double start = now();
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    while (poll(&input, 1, 0) == 0) {
        double due = (now() - start) * rate;
        for (; sequence < due; frame++) {
            for (int i = 0; i < burst; i++) {
                header(packet, sequence++, frame, i == burst - 1);
                send(fd, packet, size, 0);
            }
        }
        usleep(200);
    }
    return 0;
}
