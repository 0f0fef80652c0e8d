/** Credentials of tests: an identity that is always there, or one that changes when they say so. */

import { TEST_CERTIFICATE, TEST_KEY } from './certificate.ts'
import type { Identity } from '../../src/transport/tls/identity.ts'

export const TEST_IDENTITY: Identity = {
  certificate: Buffer.from(TEST_CERTIFICATE),
  key: Buffer.from(TEST_KEY),
  names: 'DNS:www.example.test',
  beginsWall: 0,
  endsWall: Number.MAX_SAFE_INTEGER,
  digest: 'test',
}

/** Shows the identity of the tests until it is told of another. */
export function testCredentials() {
  const followers = new Set<(identity: Identity) => void>()
  return {
    follow(take: (identity: Identity) => void) {
      followers.add(take)
      take(TEST_IDENTITY)
      return () => followers.delete(take)
    },
    change(identity: Pick<Identity, 'certificate' | 'key'>) {
      for (const take of followers) take({ ...TEST_IDENTITY, ...identity })
    },
  }
}
