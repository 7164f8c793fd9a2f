// Keeps its core awake without taking it from anybody: it runs only when nothing else wants to. Ends with its input.
#define _GNU_SOURCE
#include <poll.h>
#include <sched.h>
#include <unistd.h>

int main(void) {
    struct sched_param none = {0};
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    char byte;
    if (sched_setscheduler(0, SCHED_IDLE, &none) < 0)
        return 1;
    for (;;) {
        for (volatile int i = 0; i < 100000; i++)
            ;
        if (poll(&input, 1, 0) > 0 && read(STDIN_FILENO, &byte, 1) <= 0)
            return 0;
    }
}
