import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writeFileAtomic } from '@trembita/daemon'
import type { Account, Demonstration, Step, World } from './demonstration.ts'

/** Demonstrations as they are run, one at a time: they share the members, the agreements and the persons. The last account of each is kept on disk. */
export class Stage {
  readonly demonstrations: readonly Demonstration[]
  readonly #world: World
  readonly #file: string
  readonly #summaryFile: string
  readonly #accounts = new Map<string, Account>()
  #running: Promise<unknown> = Promise.resolve()

  private constructor (demonstrations: readonly Demonstration[], world: World, file: string) {
    this.demonstrations = demonstrations
    this.#world = world
    this.#file = file
    this.#summaryFile = join(dirname(file), 'summary.json')
  }

  static async open (demonstrations: readonly Demonstration[], world: World): Promise<Stage> {
    const folder = join(world.folder, 'demonstrations')
    await mkdir(folder, { recursive: true })
    const stage = new Stage(demonstrations, world, join(folder, 'accounts.json'))
    for (const account of await readAccounts(stage.#file)) if (account.held !== undefined) stage.#accounts.set(account.id, account)
    return stage
  }

  account (id: string): Account | undefined {
    return this.#accounts.get(id)
  }

  isRunning (id: string): boolean {
    const account = this.#accounts.get(id)
    return account !== undefined && account.held === undefined
  }

  /** Runs it after those that run already; asked again while it waits or runs, it is the same run. Resolves with the account. */
  async run (id: string): Promise<Account> {
    const demonstration = this.demonstrations.find((one) => one.id === id)
    if (demonstration === undefined) throw new RangeError(`there is no demonstration ${id}`)
    if (!this.isRunning(id)) {
      this.#accounts.set(id, { id, startedAt: new Date().toISOString(), steps: [] })
      const run = this.#running.then(() => this.#perform(demonstration))
      this.#running = run.catch(() => {})
    }
    await this.#running
    return this.#accounts.get(id)!
  }

  async #perform (demonstration: Demonstration): Promise<void> {
    const { id } = demonstration
    const started: Account = { id, startedAt: new Date().toISOString(), steps: [] }
    const steps: Step[] = []
    const update = (more: Partial<Account>): void => { this.#accounts.set(id, { ...started, steps: [...steps], ...more }) }
    update({})
    try {
      await demonstration.run(this.#world, (step) => {
        steps.push(step)
        update({})
      })
      update({ endedAt: new Date().toISOString(), held: steps.length > 0 && steps.every(({ ok }) => ok) })
    } catch (error) {
      update({ endedAt: new Date().toISOString(), held: false, failure: error instanceof Error ? error.message : String(error) })
    }
    await writeFileAtomic(this.#file, JSON.stringify([...this.#accounts.values()], null, 2))
    await writeFileAtomic(this.#summaryFile, JSON.stringify(this.#summary(), null, 2))
  }

  /** What `npm run clauses` reads: which demonstrations ran, of which clauses, and whether they held. */
  #summary (): object[] {
    return this.demonstrations.flatMap(({ id, title, clauses }) => {
      const held = this.#accounts.get(id)?.held
      return held === undefined ? [] : [{ id, title: title.en, clauses, held }]
    })
  }
}

async function readAccounts (file: string): Promise<Account[]> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Account[]
  } catch {
    // None yet, or of an earlier version: they are made anew by running.
    return []
  }
}
