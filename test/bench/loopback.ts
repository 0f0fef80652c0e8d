/** Addresses of the loopback: all of 127.0.0.0/8 is this machine, which is enough for any bench. */

/** A distinct address for each index below a million. */
export function loopbackAddress(index: number): string {
  return `127.${1 + Math.floor(index / 65_025)}.${1 + (Math.floor(index / 255) % 255)}.${1 + (index % 255)}`
}
