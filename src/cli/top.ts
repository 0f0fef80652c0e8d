/**
 * `rota top`: a running server, live: who is answered, how often, and why. Elsewhere than on a
 * terminal it prints once. Exit codes as for every command to a server.
 */

import { type Command, Option } from 'commander'

import type { Explanation } from '../control/explain/explain.ts'
import { explanationLines } from '../control/explain/explain-text.ts'
import type { Status } from '../admin/status.ts'

import { askServer, EXIT, operatorCommand, type OperatorOptions } from './operator.ts'
import { type OperatorTools, type Request, SYSTEM } from './operator.ts'
import { authorOf } from './override.ts'
import { plain } from './table.ts'
import { textOf } from './top/line.ts'
import { type Rates, ratesOf, type Sample, withSample } from './top/rates.ts'
import { rowsOf } from './top/rows.ts'
import { Screen } from './top/screen.ts'
import { press, START, type TopState, type Wish } from './top/state.ts'
import { pageOf, type Scene, viewLines } from './top/view.ts'

interface TopOptions extends OperatorOptions {
  readonly once?: boolean
  readonly by?: string
}

const EVERY_MS = 1_000
/** A server that has not answered for so long is as good as gone. */
const SILENCE_MS = 3_000
/** Where nobody says how wide it is. */
const COLUMNS = 120

export function topCommand(tools: OperatorTools = SYSTEM): Command {
  return operatorCommand('top', 'watch a running server')
    .addOption(new Option('--once', 'print what it shows, and end'))
    .option('--by <author>', 'who drains (default: who runs this)')
    .action(async (options: TopOptions) => {
      const isLive = process.stdin.isTTY && process.stdout.isTTY && !options.once && !options.json
      if (isLive) await new Top(options, tools).run()
      else await printOnce(options, tools)
    })
}

const STATUS: Request = { method: 'GET', path: '/status' }

/** Two looks, a second apart, for what happens between them. */
async function printOnce(options: TopOptions, tools: OperatorTools): Promise<void> {
  const first = await askServer('top', options, STATUS, tools)
  if (!first) return
  if (options.json) {
    tools.write(`${JSON.stringify(first.value, null, 2)}\n`)
    return tools.exit(EXIT.DONE)
  }
  await new Promise<void>((resolve) => void tools.clock.after(EVERY_MS, resolve))
  const second = await askServer('top', options, STATUS, tools)
  if (!second) return
  const samples = withSample(withSample([], first.value as Status), second.value as Status)
  const scene = sceneOf(second.value as Status, ratesOf(samples), START, tools.clock.wall())
  const size = { columns: process.stdout.columns || COLUMNS, rows: Number.POSITIVE_INFINITY }
  tools.write(
    viewLines(scene, size)
      .map((line) => `${textOf(line)}\n`)
      .join(''),
  )
  tools.exit(EXIT.DONE)
}

function sceneOf(status: Status, rates: Rates, state: TopState, nowWall: number): Scene {
  return { status, rates, state, nowWall, rows: rowsOf(status, rates, state) }
}

/** The live view, from the first answer of the server to the last key. */
class Top {
  readonly #options: TopOptions
  readonly #tools: OperatorTools
  readonly #screen: Screen
  #status: Status | undefined
  #samples: readonly Sample[] = []
  #state = START
  #answeredWall: number
  /** Why the last try has failed. */
  #reason: string | undefined
  #isOver = false
  #cancel = () => {}
  #finish = () => {}

  constructor(options: TopOptions, tools: OperatorTools) {
    this.#options = options
    this.#tools = tools
    this.#answeredWall = tools.clock.wall()
    this.#screen = new Screen({
      ...{ input: process.stdin, output: process.stdout },
      isPlain: Boolean(tools.environment['NO_COLOR']),
      onKey: (key) => this.#press(key),
      onResize: () => this.#draw(),
    })
  }

  /** Resolves when it is over. A server that cannot be reached at first is told as elsewhere. */
  async run(): Promise<void> {
    const first = await askServer('top', this.#options, STATUS, this.#tools)
    if (!first) return
    this.#take(first.value as Status)
    this.#screen.open()
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const) {
      process.once(signal, () => this.#end())
    }
    process.on('SIGCONT', () => {
      this.#screen.open()
      this.#draw()
    })
    const over = new Promise<void>((resolve) => {
      this.#finish = resolve
    })
    this.#draw()
    this.#plan()
    await over
    this.#tools.exit(EXIT.DONE)
    // A question that is under way would hold the process for as long as the server is silent.
    process.exit()
  }

  #plan(): void {
    const { clock } = this.#tools
    // The picture goes on, whatever becomes of the question.
    this.#cancel = clock.after(EVERY_MS, () => {
      this.#draw()
      this.#plan()
    })
    void this.#look()
  }

  #isAsking = false

  async #look(): Promise<void> {
    if (this.#isAsking) return
    this.#isAsking = true
    const { value, reason } = await this.#ask(STATUS)
    this.#isAsking = false
    if (value) this.#take(value as Status)
    else this.#reason = reason
    this.#draw()
  }

  #take(status: Status): void {
    this.#status = status
    this.#samples = withSample(this.#samples, status)
    this.#answeredWall = this.#tools.clock.wall()
    this.#reason = undefined
  }

  /** Asks as every command does, but hears of a refusal instead of printing it. */
  async #ask(request: Request): Promise<{ value?: unknown; reason: string }> {
    let reason = ''
    const tools = {
      ...this.#tools,
      write: () => {},
      writeError: (text: string) => {
        reason = text.replace(/^rota top: /, '').trim()
      },
      exit: () => {},
    }
    const response = await askServer('top', { ...this.#options, json: false }, request, tools)
    return { value: response?.value, reason }
  }

  #scene(): Scene {
    const nowWall = this.#tools.clock.wall()
    const scene = sceneOf(this.#status!, ratesOf(this.#samples), this.#state, nowWall)
    const isSilent = nowWall - this.#answeredWall > SILENCE_MS
    if (this.#reason === undefined && !isSilent) return scene
    const reason = this.#reason ?? 'it does not answer'
    return { ...scene, lost: { sinceWall: this.#answeredWall, reason } }
  }

  #draw(): void {
    if (!this.#isOver) this.#screen.draw(viewLines(this.#scene(), this.#screen.size))
  }

  #press(key: string): void {
    const scene = this.#scene()
    const { state, wish } = press(this.#state, key, scene.rows, pageOf(scene, this.#screen.size))
    this.#state = state
    if (wish) void this.#grant(wish)
    this.#draw()
  }

  async #grant(wish: Wish): Promise<void> {
    switch (wish.kind) {
      case 'quit':
        return this.#end()
      case 'suspend':
        this.#screen.close()
        process.kill(process.pid, 'SIGSTOP')
        return
      case 'explain':
        return this.#explain(wish.name)
      default:
        return this.#decide(wish)
    }
  }

  async #decide(wish: Extract<Wish, { kind: 'drain' | 'undrain' }>): Promise<void> {
    const { kind, pool, member } = wish
    const author = authorOf(this.#options, this.#tools)
    const key = [pool, member].map(encodeURIComponent).join('/')
    const request: Request =
      kind === 'undrain'
        ? { method: 'DELETE', path: `/overrides/${key}?by=${encodeURIComponent(author)}` }
        : {
            ...{ method: 'POST', path: '/overrides' },
            body: { pool, member, word: 'drain', reason: wish.reason, author },
          }
    const { value, reason } = await this.#ask(request)
    const done = kind === 'drain' ? 'is drained' : 'has no override any more'
    this.#state = { ...this.#state, message: value ? `${pool}/${member} ${done}` : reason }
    await this.#look()
  }

  async #explain(name: string): Promise<void> {
    const { value, reason } = await this.#ask({
      ...{ method: 'GET', path: `/explain?${new URLSearchParams({ name })}` },
    })
    if (value) {
      const lines = explanationLines(value as Explanation).map(plain)
      this.#state = { ...this.#state, reading: { title: `why ${name}`, lines, from: 0 } }
    } else this.#state = { ...this.#state, message: reason }
    this.#draw()
  }

  #end(): void {
    this.#isOver = true
    this.#cancel()
    this.#screen.close()
    this.#finish()
  }
}
