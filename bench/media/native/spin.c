// Keeps the core it is pinned to for whoever is measured there: awake, by spinning when nothing else wants to run, and free of everybody
// else's work, by sending whatever may run elsewhere to the other cores (kernel threads too, where they let themselves be sent). What it
// sent away may come back when it ends, which is with its input.
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct { pid_t thread; cpu_set_t cores; } *sent_away;
static int sent_count;

static void send_away(pid_t thread, int core) {
    cpu_set_t cores, others;
    if (sched_getaffinity(thread, sizeof cores, &cores) < 0 || !CPU_ISSET(core, &cores) || CPU_COUNT(&cores) < 2)
        return;
    others = cores;
    CPU_CLR(core, &others);
    if (sched_setaffinity(thread, sizeof others, &others) < 0)
        return;
    sent_away = realloc(sent_away, (sent_count + 1) * sizeof *sent_away);
    sent_away[sent_count].thread = thread;
    sent_away[sent_count++].cores = cores;
}

static void send_all_away(int core) {
    DIR *processes = opendir("/proc");
    for (struct dirent *process; processes && (process = readdir(processes));) {
        char path[300];
        if (!isdigit(process->d_name[0]))
            continue;
        snprintf(path, sizeof path, "/proc/%s/task", process->d_name);
        DIR *threads = opendir(path);
        for (struct dirent *thread; threads && (thread = readdir(threads));)
            if (isdigit(thread->d_name[0]))
                send_away(atoi(thread->d_name), core);
        if (threads)
            closedir(threads);
    }
    if (processes)
        closedir(processes);
}

int main(void) {
    struct sched_param none = {0};
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    char byte;
    if (sched_setscheduler(0, SCHED_IDLE, &none) < 0)
        return 1;
    send_all_away(sched_getcpu());
    do {
        for (volatile int i = 0; i < 100000; i++)
            ;
    } while (poll(&input, 1, 0) == 0 || read(STDIN_FILENO, &byte, 1) > 0);
    for (int i = 0; i < sent_count; i++)
        sched_setaffinity(sent_away[i].thread, sizeof sent_away[i].cores, &sent_away[i].cores);
    return 0;
}
