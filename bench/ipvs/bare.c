/*
 * Lower bound for an IPVS writer: sends batches of encoded netlink messages unchanged, and waits for
 * the acknowledgement of each batch's last one.
 *
 *   bare FILE     prints the seconds it took, how many messages were refused, and the last error number
 *
 * FILE: for each batch protocol (16 generic netlink, 0 routes), sequence number of its last message,
 * number of bytes, each 32 bits in this machine's order; then the bytes.
 */
#include <linux/netlink.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static char answer[1 << 16];
static int last_error;

static int open_socket(int protocol)
{
    struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    int fd = socket(AF_NETLINK, SOCK_RAW, protocol);
    int size = 1 << 20;

    if (fd < 0 || bind(fd, (struct sockaddr *)&kernel, sizeof kernel) < 0) {
        perror("netlink");
        exit(1);
    }
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
    return fd;
}

static int exchange(int fd, const char *batch, uint32_t length, uint32_t last)
{
    int refused = 0;

    if (send(fd, batch, length, 0) != (ssize_t)length) {
        perror("send");
        exit(1);
    }
    for (;;) {
        ssize_t left = recv(fd, answer, sizeof answer, 0);
        struct nlmsghdr *message = (struct nlmsghdr *)answer;

        if (left < 0) {
            perror("recv");
            exit(1);
        }
        for (; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
            if (message->nlmsg_type == NLMSG_ERROR) {
                int error = ((struct nlmsgerr *)NLMSG_DATA(message))->error;

                if (error) {
                    refused++;
                    last_error = -error;
                }
                if (message->nlmsg_seq == last)
                    return refused;
            }
        }
    }
}

int main(int count, char **arguments)
{
    FILE *file = count == 2 ? fopen(arguments[1], "rb") : NULL;
    long size;
    char *all;
    struct timespec start, end;
    int generic, route, refused = 0;

    if (!file) {
        fprintf(stderr, "usage: bare FILE\n");
        return 2;
    }
    fseek(file, 0, SEEK_END);
    size = ftell(file);
    rewind(file);
    all = malloc(size);
    if (!all || fread(all, 1, size, file) != (size_t)size)
        return 1;
    generic = open_socket(NETLINK_GENERIC);
    route = open_socket(NETLINK_ROUTE);
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (long at = 0; at < size;) {
        uint32_t head[3];

        memcpy(head, all + at, sizeof head);
        at += sizeof head;
        refused += exchange(head[0] == NETLINK_ROUTE ? route : generic, all + at, head[2], head[1]);
        at += head[2];
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%.6f %d %d\n", (end.tv_sec - start.tv_sec) + (end.tv_nsec - start.tv_nsec) / 1e9, refused, last_error);
    return 0;
}
