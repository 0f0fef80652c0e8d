/**
 * Who this server is, as TLS shows it: a certificate and its key, read from PEM files and judged
 * before anybody sees them. What is wrong names the file and what to do about it.
 */

import { createHash, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { createSecureContext } from 'node:tls'

import { reasonOf } from '../../base/read-problem.ts'

/** Absolute paths. */
export interface IdentityFiles {
  readonly certificate: string
  readonly key: string
}

export interface Identity {
  /** PEM; the certificates of the chain after the server's own. */
  readonly certificate: Buffer
  readonly key: Buffer
  /** The names that it is for, as the certificate has them: `DNS:dns.example.test`. */
  readonly names: string
  readonly beginsWall: number
  readonly endsWall: number
  /** Tells it from another. */
  readonly digest: string
}

/** What is wrong, and with which of the two files. */
export interface IdentityProblem {
  readonly part: keyof IdentityFiles
  readonly problem: string
}

/** A chain of RSA certificates is some KB; what is larger is another file. */
const FILE_OCTETS_MAX = 1 << 20

/** Reads and judges both files; a certificate that has expired is one nevertheless. */
export function readIdentity(files: IdentityFiles): Identity | IdentityProblem {
  const certificate = readPart('certificate', files)
  if ('problem' in certificate) return certificate
  const key = readPart('key', files)
  if ('problem' in key) return key
  const leaf = parsedCertificate(certificate.octets, files)
  if ('problem' in leaf) return leaf
  const secret = parsedKey(key.octets, files)
  if ('problem' in secret) return secret
  if (!leaf.x509.checkPrivateKey(secret.key)) {
    const problem =
      `key ${files.key} is of another certificate than the first in ${files.certificate}; ` +
      "put the server's own certificate first, and give the key that it was made for"
    return { part: 'key', problem }
  }
  try {
    createSecureContext({ cert: certificate.octets, key: key.octets })
  } catch (error) {
    const problem = `certificate ${files.certificate} cannot be used: ${(error as Error).message}`
    return { part: 'certificate', problem }
  }
  return {
    certificate: certificate.octets,
    key: key.octets,
    names: leaf.x509.subjectAltName ?? leaf.x509.subject,
    beginsWall: Date.parse(leaf.x509.validFrom),
    endsWall: Date.parse(leaf.x509.validTo),
    digest: createHash('sha256').update(certificate.octets).update(key.octets).digest('hex'),
  }
}

type Part = { readonly octets: Buffer } | IdentityProblem

function readPart(part: keyof IdentityFiles, files: IdentityFiles): Part {
  const path = files[part]
  try {
    const stats = statSync(path)
    const { size } = stats
    // Reading a pipe would wait for somebody to write.
    if (!stats.isFile()) return { part, problem: `${part} ${path} is no file` }
    if (size > FILE_OCTETS_MAX) {
      return { part, problem: `${part} ${path} has ${size} octets, too many for PEM` }
    }
    return { octets: readFileSync(path) }
  } catch (error) {
    return { part, problem: `${part} ${path} cannot be read: ${reasonOf(error)}` }
  }
}

function parsedCertificate(
  pem: Buffer,
  { certificate: path }: IdentityFiles,
): { readonly x509: X509Certificate } | IdentityProblem {
  const remedy = 'it must be PEM, beginning with -----BEGIN CERTIFICATE-----'
  const isPem = pem.includes('-----BEGIN CERTIFICATE-----')
  try {
    if (isPem) return { x509: new X509Certificate(pem) }
  } catch {
    // The reason is a code of OpenSSL, which helps nobody.
  }
  return { part: 'certificate', problem: `certificate ${path} holds no certificate; ${remedy}` }
}

function parsedKey(
  pem: Buffer,
  { key: path }: IdentityFiles,
): { readonly key: KeyObject } | IdentityProblem {
  try {
    return { key: createPrivateKey(pem) }
  } catch (error) {
    const isEncrypted = (error as NodeJS.ErrnoException).code === 'ERR_MISSING_PASSPHRASE'
    const problem = isEncrypted
      ? `key ${path} is encrypted; decrypt it with "openssl pkey -in ${path}"`
      : `key ${path} holds no private key; it must be PEM, with -----BEGIN PRIVATE KEY-----`
    return { part: 'key', problem }
  }
}

/** With less left than this, whoever renews it may have stopped. */
const ENDING_DAYS = 14
const DAY_MS = 86_400_000
/** Any user of the machine. */
const READABLE_BY_OTHERS = 0o004

/** What works and should be looked at all the same. */
export function concernsOf(
  { beginsWall, endsWall }: Identity,
  files: IdentityFiles,
  nowWall: number,
): IdentityProblem[] {
  const { certificate: path } = files
  const told: IdentityProblem[] = []
  const day = (wall: number) => new Date(wall).toISOString().slice(0, 10)
  const concern = (problem: string) => told.push({ part: 'certificate', problem })
  if (nowWall >= endsWall) {
    concern(`certificate ${path} expired on ${day(endsWall)}, and clients refuse it; renew it`)
  } else if (nowWall < beginsWall) {
    concern(`certificate ${path} is valid from ${day(beginsWall)} on; is the clock right?`)
  } else if (endsWall - nowWall < ENDING_DAYS * DAY_MS) {
    const days = Math.floor((endsWall - nowWall) / DAY_MS)
    const left = days === 0 ? 'in less than a day' : `in ${days} ${days === 1 ? 'day' : 'days'}`
    concern(`certificate ${path} ends ${left}, on ${day(endsWall)}; see why nobody renewed it`)
  }
  if (isReadableByOthers(files.key)) {
    const problem = `key ${files.key} can be read by every user; run "chmod o-rwx ${files.key}"`
    told.push({ part: 'key', problem })
  }
  return told
}

function isReadableByOthers(path: string): boolean {
  try {
    return (statSync(path).mode & READABLE_BY_OTHERS) !== 0
  } catch {
    return false // It was there a moment ago; who cannot read it now is no concern of its mode.
  }
}
