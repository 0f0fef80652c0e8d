/** What bounds each connection, and all of them together. */

export const TCP_LIMITS = {
  /** All connections together, on each address; more are refused by closing them. */
  connections: 1024,
  /** One client may not take them all. */
  connectionsEach: 64,
  /** RFC 7766 §6.2.3 asks for seconds; clients that want longer reconnect. */
  idleMs: 10_000,
  /** A message that has begun must end in this time, however steadily its octets come. */
  messageMs: 5_000,
  /** Queries are short; the longest that any client was seen to send is far below. */
  queryOctets: 4096,
  /** A client that does not read is not answered further until it does. */
  unsentOctets: 256 * 1024,
} as const

export type TcpLimits = { readonly [Name in keyof typeof TCP_LIMITS]: number }
