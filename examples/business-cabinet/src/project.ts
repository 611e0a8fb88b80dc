import { kyivDay } from './words.ts'

/** The experimental project that the cabinet carries (resolution 688): two years from the day it entered into force. */
export interface Project {
  /** First and last day, `YYYY-MM-DD` in Kyiv. */
  readonly from: string
  readonly until: string
}

export const PROJECT: Project = { from: '2025-06-13', until: '2027-06-12' }

const DAY_MS = 86_400_000

/** Whole days left, today not counted; 0 on the last day, negative after the end. */
export function daysLeft ({ until }: Project, now: Date): number {
  return Math.round((Date.parse(until) - Date.parse(kyivDay(now))) / DAY_MS)
}

/** After the end no register is asked any more (UP-R1). */
export function isOver (project: Project, now: Date): boolean {
  return daysLeft(project, now) < 0
}
