/** What bounds DNS over HTTPS: each request, each connection, and all of them together. */

export const HTTPS_LIMITS = {
  /** All connections together, on each address; more are refused by closing them. */
  connections: 1024,
  /** One client may not take them all. */
  connectionsEach: 64,
  handshakeMs: 5_000,
  /** Whoever has finished no request for so long is sent away, idle or not. */
  quietMs: 30_000,
  /** After so long a connection ends with its next answer: who comes anew sees what is new. */
  lifeMs: 1_800_000,
  /** A body that has begun must have come in this time. */
  requestMs: 5_000,
  /** At once, in a connection of HTTP/2. */
  streams: 100,
  headerOctets: 16_384,
  /** A DNS message has no more. */
  bodyOctets: 65_535,
  /** Of all bodies under way in a connection. */
  pendingOctets: 256 * 1024,
  /** A client that does not read is not answered further until it does. */
  unsentOctets: 256 * 1024,
  /** Requests of a connection that its client takes back, above those that it waits for. */
  resets: 200,
} as const

export type HttpsLimits = { readonly [Name in keyof typeof HTTPS_LIMITS]: number }
