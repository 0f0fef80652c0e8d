/**
 * How long a test waits for what must come: far longer than it takes, on a machine that is several
 * times slower and has other work. Only a test that fails ever waits for all of it.
 */

export const PATIENCE_MS = 60_000
