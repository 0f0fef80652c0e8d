/**
 * Goal: `rota top` is a good guest in a real terminal: it shows a running server, does what its keys
 * say, outlives the server, follows the size, and leaves everything as it was.
 * Method: the program in tmux, on a real server; what the terminal shows is what people see.
 */

import { execFileSync, spawnSync } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'

import { PATIENCE_MS } from '../support/patience.ts'
import { requireTool } from '../support/tools.ts'
import { folderOf, MAIN, run } from './rota.ts'
import { type Site, siteOf } from './site.ts'

const POOLS = `
pools:
  web: { policy: weighted, members: { a: { v4: 192.0.2.1, weight: 3 }, b: 192.0.2.2 } }
names: { www.example.test: { pool: web, answers: 1 } }
`

let count = 0
const LOOK_EVERY_MS = 100

describe.skipIf(!requireTool('tmux'))('the live view', () => {
  let site: Site
  beforeAll(async () => {
    const endings: (() => Promise<void>)[] = []
    site = await siteOf(POOLS, { until: (ending) => void endings.push(ending) })
    return async () => {
      for (const ending of endings.reverse()) await ending()
    }
  })

  it('shows members and their shares, drains and undrains one, and explains a name', async () => {
    const { shown, keys } = terminal(site, 100, 24)
    await shown(/> - web {2}weighted/)
    await site.leads('www.example.test A', 40)
    await shown(/ a +192\.0\.2\.1 .* 75\.0% +75\.0%/)

    keys('Down', 'Down', 'd')
    await shown(/drain web\/b, because:/)
    keys('disk swap', 'Enter')
    await shown(/web\/b is drained/)
    await shown(/> +b +192\.0\.2\.2 up \(drain\)/)
    expect((await site.status()).pools[0]!.members[1]!.override!.reason).toBe('disk swap')
    keys('u', 'y')
    await shown(/web\/b has no override any more/)

    keys('e', 'www.example.test', 'Enter')
    await shown(/why www\.example\.test[\s\S]*next A: 192\.0\.2\./)
    keys('q', '/', '192.0.2.1', 'Enter')
    await shown(/with "192\.0\.2\.1"/)
    expect(await shown(/ a /)).not.toMatch(/192\.0\.2\.2/)
  })

  it('follows the size of the terminal', async () => {
    const { shown, tmux, pane } = terminal(site, 80, 24)
    await shown(/q quit$/m)
    tmux('resize-window', '-t', pane, '-x', '50', '-y', '10')
    await shown(/q…$|un…$|…$/m)
    const lines = (await shown(/web/)).split('\n')
    expect(lines.length).toBeLessThanOrEqual(11)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(50)
  })

  it.each([
    ['q', (keys: Keys) => keys('q')],
    ['Ctrl-C', (keys: Keys) => keys('C-c')],
    ['SIGTERM', (_: Keys, pid: number) => void process.kill(pid, 'SIGTERM')],
    ['SIGQUIT', (_: Keys, pid: number) => void process.kill(pid, 'SIGQUIT')],
  ])('gives the terminal back after %s', async (_, end) => {
    const { shown, keys, pid } = terminal(site, 80, 24, 'echo before')
    await shown(/> - web/)
    end(keys, await pid())
    // The screen of before is there again, lines are edited and echoed again, and it ended well.
    const text = await shown(/^cursor 1$/m)
    expect(text).toMatch(/^ended 0$/m)
    expect(text).toMatch(/^before$/m)
    expect(text).not.toMatch(/> - web/)
    expect(text).toMatch(/^icanon/m)
    expect(text).toMatch(/ echo /)
  })

  it('outlives its server, and says so while it is gone', async () => {
    const own = await siteOf(POOLS)
    const { shown } = terminal(own, 100, 24)
    await shown(/> - web/)
    await own.process.stop()
    await shown(/connection lost \S+ ago, trying: .*connection refused/)
    expect(await shown(/web/)).toMatch(/192\.0\.2\.1/)
  })

  it('prints once where there is no terminal', async () => {
    const text = await site.command('top')
    expect(text).toMatch(/^rota \S+ {2}127\.0\.0\.1:/)
    expect(text).toMatch(/ a +192\.0\.2\.1/)
    expect(text).not.toMatch(/\p{Cc}(?<!\n)/u)
    expect(JSON.parse(await site.command('top', '--json'))).toHaveProperty('pools')
  })

  it('says at once that there is no server, and takes no terminal for that', async () => {
    const child = run(['top', '--server', 'http://127.0.0.1:1'])
    expect(await child.ended).toBe(1)
    expect(child.output()).toContain('rota top: no server answers at http://127.0.0.1:1')
  })
})

type Keys = (...keys: string[]) => void

/** A terminal of this size in which `rota top` runs, after a command; it ends with the test. */
function terminal(site: Site, columns: number, rows: number, before = 'true') {
  // A server of tmux of our own, so that nobody else's is touched.
  const socket = `rota-test-${process.pid}-${count++}`
  const tmux = (...args: string[]) =>
    execFileSync('tmux', ['-L', socket, '-f', '/dev/null', ...args], { encoding: 'utf8' })
  const http = String(site.logged('answering')[0]!['http'])
  const top = [process.execPath, MAIN, 'top', '--server', `http://${http}`]
  const line = [...top, '--token-file', `${folderOf(site.files)}state/token`].join(' ')
  const after = 'echo ended $?; stty -a | tr ";" "\\n" | grep -o "icanon.*\\| echo .*"'
  const cursor = `tmux -L ${socket} display -p "cursor #{cursor_flag}"`
  const script = `${before}; ${line}; ${after}; ${cursor}; sleep 60`
  const size = ['-x', String(columns), '-y', String(rows)]
  const env = { ...process.env, TERM: 'xterm-256color' }
  spawnSync('tmux', ['-L', socket, '-f', '/dev/null', 'new-session', '-d', ...size, script], {
    env,
  })
  onTestFinished(() => void tmux('kill-server'))
  const pane = tmux('list-panes', '-F', '#{pane_id}').trim()
  const capture = () => tmux('capture-pane', '-p', '-t', pane)
  const keys: Keys = (...all) => {
    for (const key of all) tmux('send-keys', '-t', pane, key)
  }
  const shown = async (what: RegExp) => {
    let text = ''
    // Each look is a process of its own: often enough to see, seldom enough to let others run.
    for (const until = performance.now() + PATIENCE_MS; !what.test((text = capture())); ) {
      if (performance.now() > until) throw new Error(`${what} is not shown, but:\n${text}`)
      await delay(LOOK_EVERY_MS)
    }
    return text
  }
  /** Of the program itself: the child of the shell that tmux started. */
  const pid = async () => {
    const shell = tmux('list-panes', '-F', '#{pane_pid}').trim()
    const found = spawnSync('ps', ['-o', 'pid=', '--ppid', shell], { encoding: 'utf8' })
    return Number(found.stdout.trim().split('\n')[0])
  }
  return { tmux, pane, keys, shown, pid }
}
