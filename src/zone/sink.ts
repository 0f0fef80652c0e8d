/** The seam between reading a zone and keeping it: the parser hands over one record at a time. */

export interface ZoneSink {
  /**
   * Takes one record of the zone. `owner` and `rdata` are scratch: copy what you keep. `owner` is
   * uncompressed, in lower case and within the zone; `ttl` is in seconds. `file` is an index into
   * the list of files that were read, and `line` and `column` count from 1.
   */
  add(
    owner: Uint8Array,
    ownerLength: number,
    type: number,
    ttl: number,
    rdata: Uint8Array,
    rdataLength: number,
    file: number,
    line: number,
    column?: number,
  ): void
}
