import type { RunningFederation } from '../federation.ts'

/** A text in both languages. */
export interface Words {
  readonly uk: string
  readonly en: string
}

export interface StepLink {
  readonly label: Words
  readonly href: string
}

/** One thing that happened, as it happened. */
export interface Step {
  readonly title: Words
  /** What was answered, in words. */
  readonly said?: Words | undefined
  /** Whether it came out as it must. */
  readonly ok: boolean
  readonly links?: readonly StepLink[] | undefined
  readonly tookMs?: number | undefined
}

/** What a run has to work with. */
export interface World {
  readonly federation: RunningFederation
  /** Data folder of the demonstration. */
  readonly folder: string
}

/** A story that runs live: each step asks the running systems, nothing is remembered from before. */
export interface Demonstration {
  /** `D1` */
  readonly id: string
  readonly title: Words
  readonly about: Words
  /** Clauses of the mission that it exercises, by their ids. */
  readonly clauses: readonly string[]
  /** @param tell called for each step when it is done. What is thrown ends the run as failed. */
  run (world: World, tell: (step: Step) => void): Promise<void>
}

/** What came of a run. */
export interface Account {
  readonly id: string
  readonly startedAt: string
  readonly endedAt?: string | undefined
  readonly steps: readonly Step[]
  /** Why it broke off. */
  readonly failure?: string | undefined
  /** Undefined while it runs. */
  readonly held?: boolean | undefined
}

/** The same words in both languages: codes, names, figures. */
export function plain (text: string): Words {
  return { uk: text, en: text }
}

/** Does the work, and how long it took. */
export async function timed<T> (work: () => Promise<T>): Promise<{ readonly value: T, readonly tookMs: number }> {
  const started = performance.now()
  const value = await work()
  return { value, tookMs: Math.round(performance.now() - started) }
}
