import { readFileSync } from 'node:fs'
import type { PriorityResource } from './resources.ts'

/** The twenty resources of the annex to act 606. @param path of another list, for another environment. */
export function readPriorityResources (path: string | URL = new URL('./priority-resources.json', import.meta.url)): PriorityResource[] {
  return JSON.parse(readFileSync(path, 'utf8')) as PriorityResource[]
}
