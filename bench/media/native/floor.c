// What the kernel alone can do: fan a packet, or a burst, out to N receivers over N connected UDP sockets.
//
//   floor send|segment RECEIVERS BURST SIZE SECONDS PORT
//
// send     one send() per packet and receiver
// segment  one sendmsg() with UDP_SEGMENT per burst and receiver
//
// Receivers listen on 127.0.0.1, PORT and the numbers after it. Prints one line: packets sent, refused, and CPU seconds used.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

static double clock_seconds(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static int connected_socket(int port) {
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    int buffer = 4 << 20;
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) < 0) {
        perror("connect");
        exit(1);
    }
    return fd;
}

static long send_each(int fd, char *bytes, int burst, int size) {
    long sent = 0;
    for (int i = 0; i < burst; i++)
        sent += send(fd, bytes + (long)i * size, size, MSG_DONTWAIT) == size;
    return sent;
}

static long send_segments(int fd, char *bytes, int burst, int size) {
    char control[CMSG_SPACE(sizeof(unsigned short))] = {0};
    struct iovec all = {.iov_base = bytes, .iov_len = (size_t)burst * size};
    struct msghdr message = {.msg_iov = &all, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *segment = CMSG_FIRSTHDR(&message);
    segment->cmsg_level = IPPROTO_UDP;
    segment->cmsg_type = UDP_SEGMENT;
    segment->cmsg_len = CMSG_LEN(sizeof(unsigned short));
    unsigned short value = size;
    memcpy(CMSG_DATA(segment), &value, sizeof value);
    return sendmsg(fd, &message, MSG_DONTWAIT) < 0 ? 0 : burst;
}

int main(int argc, char **argv) {
    if (argc != 7) {
        fprintf(stderr, "floor send|segment RECEIVERS BURST SIZE SECONDS PORT\n");
        return 2;
    }
    int segment = strcmp(argv[1], "segment") == 0;
    int receivers = atoi(argv[2]), burst = atoi(argv[3]), size = atoi(argv[4]), port = atoi(argv[6]);
    double seconds = atof(argv[5]);
    int *fds = calloc(receivers, sizeof *fds);
    for (int i = 0; i < receivers; i++)
        fds[i] = connected_socket(port + i);
    char *bytes = calloc(burst, size);

    long sent = 0, tried = 0;
    double end = clock_seconds(CLOCK_MONOTONIC) + seconds;
    double cpu = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
    while (clock_seconds(CLOCK_MONOTONIC) < end) {
        for (int i = 0; i < receivers; i++)
            sent += segment ? send_segments(fds[i], bytes, burst, size) : send_each(fds[i], bytes, burst, size);
        tried += (long)receivers * burst;
    }
    printf("%ld %ld %.6f\n", sent, tried - sent, clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu);
    return 0;
}
