/** What clients asked and were answered, summed over the threads that answer. */

import { addRows, CELL, type Counters, LATENCY_AT } from '../../transport/counters.ts'
import { LATENCY_BOUNDS_MS, LATENCY_SUM, TRANSPORTS } from '../../transport/counters.ts'
import { TYPES_AT, TYPES_COUNTED } from '../../transport/counters.ts'

import type { ConnectionCount, Figures } from './figures.ts'
import { buckets, counter, gauge, histogram, labelText, type Metric, sample } from './metric.ts'

const RCODES = {
  NOERROR: CELL.NOERROR,
  FORMERR: CELL.FORMERR,
  SERVFAIL: CELL.SERVFAIL,
  NXDOMAIN: CELL.NXDOMAIN,
  NOTIMP: CELL.NOTIMP,
  REFUSED: CELL.REFUSED,
  other: CELL.OTHER_RCODE,
} as const

const LISTENERS = TRANSPORTS.flatMap((transport) =>
  [false, true].map((isV6) => ({
    ...{ transport, isV6 },
    labels: labelText({ transport, family: isV6 ? '6' : '4' }),
  })),
)

const STREAMS = ['tcp', 'tls', 'https'] as const

const LISTENER = ['transport', 'family']

export const DNS_METRICS: readonly Metric[] = [
  counter('rota_dns_queries_total', 'Queries received.', LISTENER, eachListener(CELL.QUERIES)),
  counter(
    'rota_dns_queries_by_type_total',
    'Queries received, by the type asked for; rare types and what could not be read are other.',
    ['type'],
    ({ rows }) => {
      const sums = addRows(rows.map(({ counters }) => counters))
      return TYPES_COUNTED.map((type, index) =>
        sample(labelText({ type }), sums[TYPES_AT + index]!),
      )
    },
  ),
  counter(
    'rota_dns_answers_total',
    'Answers made, by RCODE; those above REFUSED, as BADVERS, are other.',
    [...LISTENER, 'rcode'],
    (figures) =>
      LISTENERS.flatMap(({ labels, ...listener }) => {
        const sums = sumsOf(figures, listener)
        return Object.entries(RCODES).map(([rcode, cell]) =>
          sample(`${labels},${labelText({ rcode })}`, sums[cell]!),
        )
      }),
  ),
  counter(
    'rota_dns_truncations_total',
    'Answers with TC set: the client asks again over TCP.',
    LISTENER,
    eachListener(CELL.TRUNCATIONS),
  ),
  counter(
    'rota_dns_drops_total',
    'Queries without an answer: silence to what is no query; send_failure: the kernel refused.',
    [...LISTENER, 'reason'],
    (figures) =>
      LISTENERS.flatMap(({ labels, ...listener }) => {
        const sums = sumsOf(figures, listener)
        return [
          sample(`${labels},reason="silence"`, sums[CELL.SILENCES]!),
          sample(`${labels},reason="send_failure"`, sums[CELL.SEND_FAILURES]!),
        ]
      }),
  ),
  counter(
    'rota_udp_kernel_drops_total',
    'Queries that Rota never saw: the buffer of a UDP socket was full. Absent off Linux.',
    ['family'],
    ({ kernelDrops: { v4, v6 } }) => [
      ...(v4 === undefined ? [] : [sample('family="4"', v4)]),
      ...(v6 === undefined ? [] : [sample('family="6"', v6)]),
    ],
  ),
  histogram(
    'rota_dns_answer_duration_seconds',
    'From receiving a query to handing over its answer; over UDP the time of the whole batch.',
    ['transport'],
    ({ rows }) =>
      TRANSPORTS.flatMap((transport) => {
        const sums = addRows(
          rows.filter((row) => row.transport === transport).map(({ counters }) => counters),
        )
        const counts = sums.subarray(LATENCY_AT, LATENCY_SUM)
        return buckets(labelText({ transport }), LATENCY_BOUNDS_MS, counts, sums[LATENCY_SUM]!)
      }),
  ),
  counter(
    'rota_dns_batches_total',
    'Calls that brought UDP queries in; queries divided by these is the size of a batch.',
    LISTENER,
    (figures) =>
      LISTENERS.filter(({ transport }) => transport === 'udp').map(({ labels, ...listener }) =>
        sample(labels, sumsOf(figures, listener)[CELL.BATCHES]!),
      ),
  ),
  gauge(
    'rota_dns_connections',
    'Connections of clients that are open.',
    ['transport'],
    eachStream(({ open }) => open),
  ),
  counter(
    'rota_dns_connections_refused_total',
    'Connections closed at once because a limit was reached.',
    ['transport'],
    eachStream(({ refused }) => refused),
  ),
  counter(
    'rota_dns_handshakes_failed_total',
    'Connections that came to no handshake of TLS.',
    ['transport'],
    eachStream(({ handshakesFailed }) => handshakesFailed),
  ),
]

type Listener = Omit<(typeof LISTENERS)[number], 'labels'>

function eachListener(cell: number): Metric['read'] {
  return (figures) =>
    LISTENERS.map(({ labels, ...listener }) => sample(labels, sumsOf(figures, listener)[cell]!))
}

function eachStream(countOf: (count: ConnectionCount) => number): Metric['read'] {
  return ({ connections }) =>
    STREAMS.map((transport) => sample(labelText({ transport }), countOf(connections[transport])))
}

function sumsOf({ rows }: Figures, { transport, isV6 }: Listener): Counters {
  const own = rows.filter((row) => row.transport === transport && row.isV6 === isV6)
  return addRows(own.map(({ counters }) => counters))
}
