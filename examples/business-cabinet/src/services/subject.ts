import { isRnokpp, Problem } from '@trembita/example-information-system'
import type { Participation, Participations } from '../join/participation.ts'
import type { PseudonymisationComponent } from '../pseudonymisation/index.ts'

/** Whom the portal speaks for: somebody whom it identified. */
export interface PortalSubject {
  readonly sub: string
  readonly rnokpp?: string | undefined
  readonly name?: string | undefined
  readonly assurance: 'substantial' | 'high'
}

/** Marked as the person whom a call concerns: the provider's gateway tells the access monitor. */
export const subjectSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['sub', 'assurance'],
  properties: {
    sub: { type: 'string', minLength: 1, maxLength: 255, description: 'Ідентифікатор особи в постачальника ідентифікації · Subject at the identity provider' },
    rnokpp: { type: 'string', maxLength: 10, description: 'РНОКПП', 'x-personal-subject': { type: 'RNOKPP', role: 'main' }, 'x-personal-category': 'identification' },
    name: { type: 'string', maxLength: 300, 'x-personal-category': 'identification' },
    assurance: { type: 'string', enum: ['substantial', 'high'] }
  }
} as const

export interface SubjectDeps {
  readonly participations: Participations
  readonly pseudonyms: PseudonymisationComponent
}

/** The portal's channel is for entrepreneurs with a number (order 688, item 7). @throws {Problem} for a person without one. */
export function checkNumber ({ rnokpp }: PortalSubject): string {
  if (rnokpp === undefined || rnokpp === '') throw new Problem('person-without-number', 'Доступ через Портал Дія потребує РНОКПП', 'Access by the portal needs a registration number of a taxpayer')
  if (!isRnokpp(rnokpp)) throw new Problem('invalid-identifier', 'РНОКПП: довжина або контрольна цифра', 'РНОКПП: its length or check digit is wrong')
  return rnokpp
}

/** The person's participation, if they take part now. */
export async function participationOf ({ participations }: SubjectDeps, { sub }: PortalSubject): Promise<Participation | undefined> {
  const found = await participations.of(sub)
  return found?.state === 'joined' ? found : undefined
}

/**
 * The sole entrepreneur who takes part and whom the portal means.
 *
 * @throws {Problem} `not-joined`, `channel-for-entrepreneurs-only` (UP-7c), `person-without-number` (UP-7d).
 */
export async function entrepreneurOf (deps: SubjectDeps, subject: PortalSubject): Promise<{ readonly participation: Participation, readonly rnokpp: string }> {
  const rnokpp = checkNumber(subject)
  const participation = await participationOf(deps, subject)
  if (participation === undefined) throw new Problem('not-joined', 'Особа не бере участі в проєкті: приєднатися можна в кабінеті', 'The person does not take part in the project: one joins in the cabinet')
  if (participation.kind !== 'FOP') throw new Problem('channel-for-entrepreneurs-only', 'Через Портал Дія пропозиції отримують лише фізичні особи — підприємці; юридичній особі вони доступні в кабінеті', 'By the portal offers reach sole entrepreneurs only; a legal entity finds them in the cabinet')
  // The subject and the number must be of the same person.
  if (await deps.pseudonyms.refOf(rnokpp) !== participation.ref) throw new Problem('not-joined', 'РНОКПП не належить учаснику', 'The number is not the participant\'s')
  return { participation, rnokpp }
}
