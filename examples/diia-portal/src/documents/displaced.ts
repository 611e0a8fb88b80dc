import type { Identity } from '@trembita/daemon/accounts'
import type { Missing } from '@trembita/example-information-system'
import { ExchangeFailure, post } from '../exchange/index.ts'
import type { DocumentsDeps } from './documents.ts'
import { stateOf } from './register-answer.ts'
import type { DocumentState } from './types.ts'

const SERVICE = 'GOV/90000096/IDP/idpCertificate'

interface Place {
  readonly katottg?: string
  readonly text?: string
}

interface Certificate {
  readonly number?: string
  readonly issuedAt?: string
  readonly issuer?: string
  readonly registeredAddress?: Place
  readonly actualAddress?: Place
  readonly status?: string
  readonly statusDate?: string
}

interface Envelope {
  readonly outcome?: string
  readonly data?: Certificate | null
  readonly missing?: readonly Missing[]
  readonly discrepancies?: ReadonlyArray<{ readonly kind: string }>
  readonly source?: { readonly register?: string, readonly asOf?: string }
}

/** The certificate of an internally displaced person, from the database of the ministry of social policy. @throws {ExchangeFailure} */
export async function askDisplaced ({ gateway, clock, purpose }: DocumentsDeps, { rnokpp, familyName, givenName, patronymicName }: Identity): Promise<DocumentState> {
  const { body, exchangeId } = await post<Envelope>(gateway, {
    service: SERVICE,
    purpose,
    body: { rnokpp, familyName, givenName, ...patronymicName === undefined ? {} : { patronymicName } }
  })
  if (typeof body.outcome !== 'string') throw new ExchangeFailure('unavailable', 'answer-not-understood', exchangeId)
  const { data } = body
  return stateOf('displaced-certificate', {
    outcome: body.outcome,
    missing: body.missing ?? [],
    discrepancies: (body.discrepancies ?? []).map(({ kind }) => kind),
    source: { register: body.source?.register ?? 'IDP', asOf: body.source?.asOf ?? clock.now().toISOString(), exchangeId }
  }, data === undefined || data === null
    ? undefined
    : {
        number: data.number,
        issuedAt: data.issuedAt,
        issuer: data.issuer,
        status: data.status,
        ...data.status === 'cancelled' ? { cancelledAt: data.statusDate } : {},
        registeredAddress: data.registeredAddress?.text,
        actualAddress: data.actualAddress?.text,
        katottg: data.actualAddress?.katottg
      })
}
