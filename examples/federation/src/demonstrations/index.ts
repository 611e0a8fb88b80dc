import { twoProtocols } from './d1-two-protocols.ts'
import { entrepreneur } from './d3-entrepreneur.ts'
import { whoAsked } from './d5-who-asked.ts'
import { refusals } from './d7-refusals.ts'
import { visit } from './d8-visit.ts'
import type { Demonstration } from './demonstration.ts'

export type { Account, Demonstration, Step, StepLink, Words, World } from './demonstration.ts'
export { attributeOf, ScriptedPerson, type SeenPage, textOfPage } from './scripted-person.ts'
export { Stage } from './stage.ts'

/** The stories that run live. */
export const DEMONSTRATIONS: readonly Demonstration[] = [twoProtocols, entrepreneur, whoAsked, refusals, visit]
