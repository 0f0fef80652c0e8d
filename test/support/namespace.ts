/**
 * A network of its own for some processes: a loopback that nobody else is on, every port free, and
 * one resolver that they all ask. It lives as long as its first process, and leaves nothing behind.
 */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

import { temporaryFolder } from './folder.ts'
import { type Launch, type RunningProcess, startProcess, waitUntil } from './process.ts'
import { findTool } from './tools.ts'

export interface Namespace {
  /** Starts a program in there. Paths must be absolute. */
  start(launch: Launch): RunningProcess
  /** The path of a program that does what `command` does, in there. */
  wrapped(command: string): string
}

/** Whoever forgets it is forgotten in turn. */
const LIFE_SECONDS = '600'

/** Why there is no such thing on this machine, or undefined. */
export function namespaceProblem(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces are of Linux'
  if (process.getuid?.() !== 0) return 'network namespaces need root'
  const missing = ['unshare', 'nsenter', 'ip'].filter((tool) => !findTool(tool))
  return missing.length > 0 ? `there is no ${missing.join(', no ')}` : undefined
}

/** Opens a network in which `resolver`, at port 53, is whom everybody asks. */
export async function openNamespace(resolver: string): Promise<Namespace> {
  const folder = temporaryFolder('namespace')
  const resolvConf = join(folder.path, 'resolv.conf')
  writeFileSync(resolvConf, `nameserver ${resolver}\n`)
  const script = `ip link set lo up && mount --bind "$0" /etc/resolv.conf && echo ready &&
    exec sleep ${LIFE_SECONDS}`
  const holder = startProcess({
    command: findTool('unshare')!,
    args: ['--net', '--mount', 'sh', '-c', script, resolvConf],
    env: { PATH: `${process.env['PATH']}:/usr/sbin:/sbin` },
  })
  onTestFinished(async () => {
    await holder.stop()
    folder.remove()
  })
  await waitUntil(holder, async () => holder.output().includes('ready'))
  const enter = [findTool('nsenter')!, '--target', String(holder.pid), '--net', '--mount', '--']
  return {
    start({ command, args, ...rest }) {
      const child = startProcess({
        ...rest,
        command: enter[0]!,
        args: [...enter.slice(1), command, ...args],
      })
      onTestFinished(async () => void (await child.stop()))
      return child
    },
    wrapped(command) {
      const path = join(folder.path, 'wrapped')
      writeFileSync(path, `#!/bin/sh\nexec ${enter.join(' ')} ${command} "$@"\n`, { mode: 0o755 })
      return path
    },
  }
}
