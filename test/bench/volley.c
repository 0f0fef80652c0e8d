/*
 * Load that a fast server cannot outrun: questions sent and replies taken 64 at a time, one thread.
 * dnsperf on one core asks 170,000 times a second, which leaves a batching server idle between
 * questions, so that every answer pays for a sleep and a wake-up and all servers look alike.
 *
 * A fixed window of questions is under way. When the replies stop for 500 ms, what is out is lost and
 * a new window begins. Prints: answered lost seconds.
 *
 * Usage: volley PORT SECONDS WINDOW QUERIES, with a file of `name A` lines.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

enum { BATCH = 64, ROOM = 2048, QUERY_SIZE_MAX = 288, SILENCE_US = 500000 };

struct query {
  unsigned short size;
  unsigned char octets[];
};

static unsigned char *queries;
static size_t *offsets;
static size_t count;

/* Header (one question, one additional), name, A IN, OPT with 1232 octets. */
static size_t encode(const char *name, unsigned char *out) {
  static const unsigned char HEADER[12] = {0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1};
  static const unsigned char TAIL[] = {0, 0, 1, 0, 1, 0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0};
  memcpy(out, HEADER, sizeof HEADER);
  size_t at = sizeof HEADER;
  while (*name != '\0' && *name != '.') {
    size_t length = strcspn(name, ".");
    out[at++] = length;
    memcpy(out + at, name, length);
    at += length;
    name += length + (name[length] == '.');
  }
  memcpy(out + at, TAIL, sizeof TAIL);
  return at + sizeof TAIL;
}

static int read_queries(const char *path) {
  FILE *file = fopen(path, "r");
  if (file == NULL) return -1;
  char line[300];
  size_t room = 0, used = 0, slots = 0;
  while (fgets(line, sizeof line, file) != NULL) {
    line[strcspn(line, " \t\n")] = '\0';
    if (used + QUERY_SIZE_MAX > room) queries = realloc(queries, room = room * 2 + 65536);
    if (count == slots) offsets = realloc(offsets, (slots = slots * 2 + 1024) * sizeof *offsets);
    struct query *query = (struct query *)(queries + used);
    query->size = encode(line, query->octets);
    offsets[count++] = used;
    used += (sizeof *query + query->size + 1) & ~(size_t)1;
  }
  fclose(file);
  return count > 0 ? 0 : -1;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static int open_socket(int port) {
  int handle = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(port)};
  there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int buffer = 4 << 20;
  setsockopt(handle, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer);
  setsockopt(handle, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
  struct timeval patience = {.tv_usec = SILENCE_US};
  setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  return connect(handle, (struct sockaddr *)&there, sizeof there) == 0 ? handle : -1;
}

/* Sends up to `wanted` of the next questions; each gets an ID of its own. */
static int send_some(int handle, int wanted) {
  static struct mmsghdr messages[BATCH];
  static struct iovec parts[BATCH];
  static size_t next;
  static unsigned short id;
  if (wanted > BATCH) wanted = BATCH;
  for (int i = 0; i < wanted; i++) {
    struct query *query = (struct query *)(queries + offsets[next]);
    next = next + 1 == count ? 0 : next + 1;
    id++;
    /* A short list meets itself within a batch; then both copies carry the later ID. */
    query->octets[0] = id >> 8;
    query->octets[1] = id;
    parts[i] = (struct iovec){query->octets, query->size};
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  int sent = sendmmsg(handle, messages, wanted, 0);
  return sent > 0 ? sent : 0;
}

/* Takes what is there, waiting for the first unless `flags` say otherwise. */
static int take_some(int handle, int flags) {
  static struct mmsghdr messages[BATCH];
  static struct iovec parts[BATCH];
  static unsigned char room[BATCH][ROOM];
  for (int i = 0; i < BATCH; i++) {
    parts[i] = (struct iovec){room[i], ROOM};
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  return recvmmsg(handle, messages, BATCH, flags, NULL);
}

int main(int words, char **word) {
  if (words != 5 || read_queries(word[4]) != 0) return 2;
  int handle = open_socket(atoi(word[1]));
  if (handle < 0) return 1;
  double started = now(), end = started + atof(word[2]);
  long window = atol(word[3]), out = 0, answered = 0, lost = 0;
  while (now() < end) {
    while (out < window) {
      int sent = send_some(handle, window - out);
      if (sent == 0) break;
      out += sent;
    }
    int taken = take_some(handle, MSG_WAITFORONE);
    if (taken > 0) {
      answered += taken;
      /* A reply that comes after its window was given up is no longer out. */
      out = out > taken ? out - taken : 0;
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      lost += out;
      out = 0;
    }
  }
  double seconds = now() - started;
  int taken;
  while (out > 0 && (taken = take_some(handle, MSG_WAITFORONE)) > 0) out -= taken;
  if (out > 0) lost += out;
  printf("%ld %ld %.6f\n", answered, lost, seconds);
  return 0;
}
