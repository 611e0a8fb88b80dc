import { administrationPages } from './administration.ts'
import { directoryPages } from './directory.ts'
import { entrancePages } from './entrance.ts'
import { letterPages } from './letters.ts'
import { otherChannelPages } from './other-channel.ts'
import { proofPages } from './proofs.ts'
import { servicePages } from './services.ts'
import { surveyPages } from './surveys.ts'
import { taskPages } from './tasks.ts'
import type { Pages } from './visit.ts'

export { createPages, frameOf, PERSON, problemPageOf, ROLES } from './visit.ts'

/** Every area of the office. */
export const AREAS: readonly ((pages: Pages) => void)[] = [entrancePages, letterPages, otherChannelPages, taskPages, surveyPages, directoryPages, proofPages, servicePages, administrationPages]
