/**
 * What the RDATA of each type is made of: one row per type, in the order of the wire. To teach Rota
 * a type, give it a number in `registry.ts` and a row here; reading, printing, validating, finding
 * names and decompressing all follow from the row.
 */

import { TYPE } from '../registry.ts'

import { v4, v6 } from './address.ts'
import { base64ToEnd, groups, hardwareAddress, hash, hexToEnd, salt } from './binary.ts'
import { typeBitmap } from './bitmap.ts'
import type { Field } from './field.ts'
import { location } from './loc.ts'
import { name } from './name-field.ts'
import { namedU16, namedU8, ttl, typeField, u16, u32, u8 } from './number.ts'
import { svcParams } from './svcb.ts'
import { tag, text, texts, textToEnd } from './text.ts'
import { time } from './time.ts'

export interface Row {
  readonly fields: readonly Field[]
  /** All that a person must write: `a preference (0–65535) and a mail server name`. */
  readonly needs: string
}

/** The row of a type; undefined for one that Rota knows by its number alone. */
export function rowOf(type: number): Row | undefined {
  return ROWS.get(type)
}

/** DNSSEC algorithms (RFC 4034 appendix A.1 and the registry that followed it). */
const ALGORITHM = {
  RSAMD5: 1,
  DH: 2,
  DSA: 3,
  RSASHA1: 5,
  'DSA-NSEC3-SHA1': 6,
  'RSASHA1-NSEC3-SHA1': 7,
  RSASHA256: 8,
  RSASHA512: 10,
  'ECC-GOST': 12,
  ECDSAP256SHA256: 13,
  ECDSAP384SHA384: 14,
  ED25519: 15,
  ED448: 16,
  INDIRECT: 252,
  PRIVATEDNS: 253,
  PRIVATEOID: 254,
}

/** Kinds of certificate (RFC 4398 §2.1). */
const CERTIFICATE = {
  PKIX: 1,
  SPKI: 2,
  PGP: 3,
  IPKIX: 4,
  ISPKI: 5,
  IPGP: 6,
  ACPKIX: 7,
  IACPKIX: 8,
  URI: 253,
  OID: 254,
}

const algorithm = namedU8('algorithm', ALGORITHM)
const key = [u16('flags field'), u8('protocol'), algorithm, base64ToEnd('public key')]
const digest = [u16('key tag'), algorithm, u8('digest type'), hexToEnd('digest')]
const certificate = [
  u8('certificate usage'),
  u8('selector'),
  u8('matching type'),
  hexToEnd('certificate'),
]
const service = [u16('priority'), name('target name'), svcParams]
const nsec3 = [u8('hash algorithm'), u8('flags field'), u16('number of iterations'), salt('salt')]

const ROWS = new Map<number, Row>([
  row(TYPE.A, v4),
  row(TYPE.NS, name('name server name')),
  row(TYPE.CNAME, name('target name')),
  row(
    TYPE.SOA,
    name('primary server name'),
    name('mailbox name'),
    u32('serial'),
    ttl('refresh time'),
    ttl('retry time'),
    ttl('expire time'),
    ttl('minimum TTL'),
  ),
  row(TYPE.MB, name('mailbox host name')),
  row(TYPE.MG, name('mailbox name')),
  row(TYPE.MR, name('mailbox name')),
  row(TYPE.PTR, name('target name')),
  row(TYPE.HINFO, text('CPU string'), text('OS string')),
  row(TYPE.MINFO, name('mailbox name'), name('mailbox name for errors')),
  row(TYPE.MX, u16('preference'), name('mail server name')),
  row(TYPE.TXT, texts('string')),
  row(TYPE.RP, name('mailbox name'), name('name of a TXT record')),
  row(TYPE.AFSDB, u16('subtype'), name('host name')),
  row(TYPE.X25, text('PSDN address')),
  row(TYPE.RT, u16('preference'), name('intermediate host name')),
  row(TYPE.PX, u16('preference'), name('RFC 822 domain name'), name('X.400 domain name')),
  row(TYPE.AAAA, v6),
  row(TYPE.LOC, location),
  row(TYPE.SRV, u16('priority'), u16('weight'), u16('port'), name('target name')),
  row(
    TYPE.NAPTR,
    u16('order'),
    u16('preference'),
    text('flags string'),
    text('services string'),
    text('regular expression'),
    name('replacement name'),
  ),
  row(TYPE.KX, u16('preference'), name('key exchanger name')),
  row(
    TYPE.CERT,
    namedU16('certificate type', CERTIFICATE),
    u16('key tag'),
    algorithm,
    base64ToEnd('certificate'),
  ),
  row(TYPE.DNAME, name('target name')),
  row(TYPE.DS, ...digest),
  row(TYPE.SSHFP, u8('algorithm'), u8('fingerprint type'), hexToEnd('fingerprint')),
  row(
    TYPE.RRSIG,
    typeField('type covered'),
    algorithm,
    u8('number of labels'),
    ttl('original TTL'),
    time('signature expiration'),
    time('signature inception'),
    u16('key tag'),
    name('signer name'),
    base64ToEnd('signature'),
  ),
  row(TYPE.NSEC, name('next name'), typeBitmap),
  row(TYPE.DNSKEY, ...key),
  row(TYPE.DHCID, base64ToEnd('digest')),
  row(TYPE.NSEC3, ...nsec3, hash('next hashed name'), typeBitmap),
  row(TYPE.NSEC3PARAM, ...nsec3),
  row(TYPE.TLSA, ...certificate),
  row(TYPE.SMIMEA, ...certificate),
  row(TYPE.CDS, ...digest),
  row(TYPE.CDNSKEY, ...key),
  row(TYPE.OPENPGPKEY, base64ToEnd('public key')),
  row(TYPE.CSYNC, u32('serial'), u16('flags field'), typeBitmap),
  // RFC 8976 §2.2.4: "The Digest field MUST NOT be shorter than 12 octets."
  row(TYPE.ZONEMD, u32('serial'), u8('scheme'), u8('hash algorithm'), hexToEnd('digest', 12)),
  row(TYPE.SVCB, ...service),
  row(TYPE.HTTPS, ...service),
  row(TYPE.SPF, texts('string')),
  row(TYPE.NID, u16('preference'), groups('node identifier')),
  row(TYPE.L32, u16('preference'), v4),
  row(TYPE.L64, u16('preference'), groups('locator')),
  row(TYPE.LP, u16('preference'), name('locator name')),
  row(TYPE.EUI48, hardwareAddress(6)),
  row(TYPE.EUI64, hardwareAddress(8)),
  row(TYPE.URI, u16('priority'), u16('weight'), textToEnd('target URI', 1)),
  row(TYPE.CAA, u8('flags field'), tag('property tag'), textToEnd('property value', 0)),
])

function row(type: number, ...fields: Field[]): [number, Row] {
  const last = fields.length - 1
  const listed = fields.slice(0, last).map(({ expects }) => expects)
  const needs = last === 0 ? fields[0].expects : `${listed.join(', ')} and ${fields[last].expects}`
  return [type, { fields, needs }]
}
