/**
 * Goal: a certificate that was renewed is shown without a restart, however its files were changed; a
 * broken one is kept out, and somebody hears of it; what soon ends is told in time.
 * Method: real files, and a clock that the test moves.
 */

import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'

import {
  CONFIRM_MS,
  Credentials,
  POLL_MS,
  SETTLE_MS,
} from '../../../src/transport/tls/credentials.ts'
import { concernsOf, type Identity, readIdentity } from '../../../src/transport/tls/identity.ts'
import { EXPIRED_CERTIFICATE, EXPIRED_KEY } from '../../support/certificate.ts'
import { TEST_CERTIFICATE, TEST_KEY } from '../../support/certificate.ts'
import { eventually } from '../../support/eventually.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { ManualClock } from '../../support/manual-clock.ts'

/** While that which expires is valid, and the other is not yet. */
const EARLY = Date.UTC(2020, 0, 15)
/** While the first of them is valid, and the other has been over for long. */
const LATE = Date.UTC(2027, 0, 1)
const TEST = { certificate: TEST_CERTIFICATE, key: TEST_KEY }
const OTHER = { certificate: EXPIRED_CERTIFICATE, key: EXPIRED_KEY }

describe('an identity', () => {
  it('is read with its names and its end', () => {
    const identity = readIdentity(written(TEST).files)
    expect(identity).toMatchObject({
      names: 'DNS:www.example.test',
      endsWall: Date.UTC(2126, 9, 28, 2, 58, 52),
    })
  })

  it.each([
    ['certificate', undefined, 'certificate PATH cannot be read: there is no such file'],
    ['key', undefined, 'key PATH cannot be read: there is no such file'],
    [
      'certificate',
      TEST_KEY,
      'certificate PATH holds no certificate; it must be PEM, beginning with -----BEGIN CERTIFICATE-----',
    ],
    [
      'certificate',
      TEST_CERTIFICATE.replace('MIIB', 'MIIC'),
      'certificate PATH holds no certificate; it must be PEM, beginning with -----BEGIN CERTIFICATE-----',
    ],
    [
      'key',
      TEST_CERTIFICATE,
      'key PATH holds no private key; it must be PEM, with -----BEGIN PRIVATE KEY-----',
    ],
    [
      'key',
      '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----',
      'key PATH ',
    ],
    ['key', EXPIRED_KEY, 'key PATH is of another certificate than the first in '],
    ['key', ' '.repeat(1 << 21), 'key PATH has 2097152 octets, too many for PEM'],
  ] as const)('whose %s is wrong (%#) is told by file and remedy', (part, text, problem) => {
    const { files, write } = written(TEST)
    if (text === undefined) rmSync(files[part])
    else write(part, text)
    const found = readIdentity(files)
    expect('problem' in found && found).toMatchObject({
      part,
      problem: expect.stringContaining(problem.replace('PATH', files[part])),
    })
  })

  it('that is no file is not waited for', () => {
    const { files, folder } = written(TEST)
    mkdirSync(join(folder, 'sub'))
    const found = readIdentity({ ...files, key: join(folder, 'sub') })
    expect('problem' in found && found.problem).toContain('sub is no file')
  })

  it.each([
    [0, 'in less than a day'],
    [1, 'in 1 day'],
    [13, 'in 13 days'],
  ])('that ends in %i days is told', (days, said) => {
    const { files } = written(TEST)
    const identity = readIdentity(files) as Identity
    const nowWall = identity.endsWall - days * 86_400_000 - 1
    expect(concernsOf(identity, files, nowWall)).toMatchObject([
      { part: 'certificate', problem: expect.stringContaining(`ends ${said}, on 2126-10-28`) },
    ])
    expect(concernsOf(identity, files, identity.endsWall - 14 * 86_400_000)).toEqual([])
  })

  it('that is over, or not yet, is told', () => {
    const { files } = written(OTHER)
    const identity = readIdentity(files) as Identity
    const told = (nowWall: number) => concernsOf(identity, files, nowWall)[0]!.problem
    expect(told(identity.endsWall)).toContain('expired on 2020-02-01, and clients refuse it')
    expect(told(identity.beginsWall - 1)).toContain('is valid from 2020-01-01 on')
  })

  it('whose key everybody can read is told', () => {
    const { files } = written(TEST)
    chmodSync(files.key, 0o644)
    expect(concernsOf(readIdentity(files) as Identity, files, EARLY + 1e12)).toEqual([
      { part: 'key', problem: expect.stringContaining(`run "chmod o-rwx ${files.key}"`) },
    ])
  })
})

describe('credentials', () => {
  it.each([
    ['written over', (to: Target) => to.write('both', OTHER)],
    ['renamed into place', (to: Target) => to.renameInto(OTHER)],
  ])('show files that were %s', async (_, change) => {
    const target = written(TEST)
    const { clock, shown } = opened(target)
    change(target)
    await noticed(clock)
    expect(shown).toEqual(['first', 'other'])
  })

  it('show what a symbolic link leads to after it was turned', async () => {
    const { folder } = written(TEST)
    const other = written(OTHER)
    const link = join(folder, 'live')
    symlinkSync(folder, link)
    const files = { certificate: join(link, 'server.crt'), key: join(link, 'server.key') }
    const { clock, shown } = opened({ files })
    symlinkSync(other.folder, join(folder, 'next'))
    renameSync(join(folder, 'next'), link)
    await noticed(clock)
    expect(shown).toEqual(['first', 'other'])
  })

  it('show in a minute what no event has told of', async () => {
    const target = written(TEST)
    const { clock, shown } = opened(target)
    target.write('both', OTHER)
    await clock.advance(POLL_MS)
    expect(shown).toEqual(['first', 'other'])
  })

  it('are not shaken by files that are written again as they were', async () => {
    const target = written(TEST)
    const { clock, shown, credentials } = opened(target, LATE)
    target.write('both', TEST)
    await clock.advance(POLL_MS * 3)
    expect(shown).toEqual(['first'])
    expect(credentials.warnings()).toEqual([])
  })

  it('wait for the other half of a change, and say nothing of the first', async () => {
    const target = written(TEST)
    const { clock, shown, kept } = opened(target)
    target.write('certificate', OTHER.certificate)
    await noticed(clock)
    await clock.advance(CONFIRM_MS - 1 - SETTLE_MS)
    expect([shown, kept]).toEqual([['first'], []])
    target.write('key', OTHER.key)
    await clock.advance(POLL_MS)
    expect([shown, kept]).toEqual([['first', 'other'], []])
  })

  it('keep what they have where the new is broken, and say so until it is not', async () => {
    const target = written(TEST)
    const { clock, shown, kept, credentials } = opened(target, LATE)
    target.write('certificate', 'no PEM')
    await clock.advance(POLL_MS + CONFIRM_MS)
    expect(shown).toEqual(['first'])
    expect(kept).toEqual([
      expect.stringMatching(/^the certificate from before is still shown: certificate .* holds no/),
    ])
    expect(credentials.warnings()).toEqual(kept)
    await clock.advance(POLL_MS * 3)
    expect(kept).toHaveLength(1)
    target.write('certificate', TEST.certificate)
    await clock.advance(POLL_MS)
    expect(credentials.warnings()).toEqual([])
  })

  it('do not change one that holds for one that has expired', async () => {
    const target = written(TEST)
    const { clock, shown, kept } = opened(target, LATE)
    target.write('both', OTHER)
    await clock.advance(POLL_MS + CONFIRM_MS)
    expect(shown).toEqual(['first'])
    expect(kept).toEqual([expect.stringContaining('expired on 2020-02-01')])
  })

  it('look at once where a reload asks for it, at other files too', () => {
    const { shown, credentials } = opened(written(TEST))
    credentials.refresh(written(OTHER).files)
    expect(shown).toEqual(['first', 'other'])
  })

  it('leave nothing behind', async () => {
    const target = written(TEST)
    const { clock, shown, credentials } = opened(target)
    credentials.stop()
    target.write('both', OTHER)
    await clock.advance(POLL_MS * 2)
    expect(shown).toEqual(['first'])
    expect(clock.pendingCount).toBe(0)
  })
})

type Target = ReturnType<typeof written>

/** Both files in a folder of their own. */
function written(pair: typeof TEST) {
  const temporary = temporaryFolder('credentials')
  onTestFinished(() => temporary.remove())
  const folder = temporary.path
  const files = { certificate: join(folder, 'server.crt'), key: join(folder, 'server.key') }
  const put = (path: string, text: string) => writeFileSync(path, text, { mode: 0o600 })
  const write = (part: 'certificate' | 'key' | 'both', what: string | typeof TEST) => {
    if (typeof what === 'string') return put(files[part as 'key'], what)
    put(files.certificate, what.certificate)
    return put(files.key, what.key)
  }
  const renameInto = (what: typeof TEST) => {
    for (const part of ['certificate', 'key'] as const) {
      put(`${files[part]}.new`, what[part])
      renameSync(`${files[part]}.new`, files[part])
    }
  }
  write('both', pair)
  return { folder, files, write, renameInto }
}

/** Credentials that begin with the files, and what they show as time goes on. */
function opened({ files }: Pick<Target, 'files'>, nowWall = EARLY) {
  const clock = new ManualClock(nowWall)
  const identity = readIdentity(files) as Identity
  const kept: string[] = []
  const credentials = new Credentials({
    ...{ identity, files, clock },
    onTaken: () => {},
    onKept: (reason) => kept.push(reason),
  })
  onTestFinished(() => credentials.stop())
  const shown: string[] = []
  credentials.follow(({ digest }) => shown.push(digest === identity.digest ? 'first' : 'other'))
  return { clock, kept, shown, credentials }
}

/** Waits until the system has told of a change, and lets it settle. */
async function noticed(clock: ManualClock): Promise<void> {
  await eventually(() => clock.pendingCount > 1)
  await clock.advance(SETTLE_MS)
}
