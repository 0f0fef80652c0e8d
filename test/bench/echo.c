/*
 * The kernel's own price: a server that batches like Rota's (recvmmsg and sendmmsg, 64 at a time)
 * and does nothing else. It sets QR and AA and puts one fixed A record behind the question. It
 * reads nothing: it assumes one question and, if ARCOUNT says so, an OPT record without options.
 *
 * Usage: echo PORT
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { BATCH = 64, ROOM = 1500, OPT_SIZE = 11, HEADER_SIZE = 12 };

static unsigned char octets[BATCH][ROOM];

/* A pointer to the question's name, A, IN, 30 seconds, 192.0.2.1. */
static const unsigned char ANSWER[16] = {0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 30, 0, 4, 192, 0, 2, 1};

static size_t reply(unsigned char *message, size_t size) {
  if (size < HEADER_SIZE || size + sizeof ANSWER > ROOM) return 0;
  size_t tail = message[11] == 1 ? OPT_SIZE : 0;
  message[2] |= 0x84;
  message[7] = 1;
  unsigned char *end = message + size - tail;
  memmove(end + sizeof ANSWER, end, tail);
  memcpy(end, ANSWER, sizeof ANSWER);
  return size + sizeof ANSWER;
}

int main(int count, char **words) {
  if (count != 2) return 2;
  int handle = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(atoi(words[1]))};
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int buffer = 1 << 20;
  setsockopt(handle, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
  setsockopt(handle, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
  if (bind(handle, (struct sockaddr *)&here, sizeof here) != 0) {
    perror("bind");
    return 1;
  }

  struct mmsghdr messages[BATCH] = {0};
  struct iovec parts[BATCH];
  struct sockaddr_in peers[BATCH];
  for (int i = 0; i < BATCH; i++) {
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
    messages[i].msg_hdr.msg_name = &peers[i];
    parts[i].iov_base = octets[i];
  }
  for (;;) {
    for (int i = 0; i < BATCH; i++) {
      parts[i].iov_len = ROOM;
      messages[i].msg_hdr.msg_namelen = sizeof peers[i];
    }
    int received = recvmmsg(handle, messages, BATCH, MSG_WAITFORONE, NULL);
    for (int i = 0; i < received; i++) parts[i].iov_len = reply(octets[i], messages[i].msg_len);
    for (int sent = 0; sent < received;) {
      int done = sendmmsg(handle, messages + sent, received - sent, 0);
      sent += done > 0 ? done : 1;
    }
  }
}
