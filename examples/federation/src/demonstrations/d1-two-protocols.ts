import { join } from 'node:path'
import { askByRest, askEdrBySoap, type RequestOptions } from '@trembita/example-consumer'
import { childOf, textOf } from '@trembita/example-information-system'
import { clientId, localhost, PORTS, PURPOSES } from '../plan/index.ts'
import { proveExchanges, type Proof } from '../proofs.ts'
import { plain, timed, type Demonstration, type Step, type World } from './demonstration.ts'
import { catalogLink, containerLink, recordLink } from './gateway-links.ts'

const CABINET = clientId('entrepreneurship', 'CABINET')
const EDR = clientId('justice', 'EDR')
const CODE = '91000033'

interface Entity {
  readonly outcome: string
  readonly name: string | undefined
  readonly state: string | undefined
}

export const twoProtocols: Demonstration = {
  id: 'D1',
  title: { uk: 'Один реєстр, два протоколи, доказ чужими засобами', en: 'One register, two protocols, proof by foreign tools' },
  about: {
    uk: 'Кабінет підприємця питає ЄДР про ту саму юридичну особу за SOAP і за REST. Відповіді порівнюються, а кожне запечатане повідомлення з обох шлюзів перевіряють trembita-verify, xmlsec1 та openssl.',
    en: 'The business cabinet asks the register of legal entities about the same entity by SOAP and by REST. The answers are compared, and every sealed message of both gateways is checked by trembita-verify, xmlsec1 and openssl.'
  },
  clauses: ['TR-2.1', 'TR-2.3', 'TR-2.4', 'TR-2.8', 'TR-4.3', 'TR-4.5', 'TR-4.6', 'TR-5.1', 'TR-5.2', 'TR-11.3', 'UP-R4', 'UP-9a'],
  run: async (world, tell) => {
    const gateway = { url: localhost(PORTS.consumer.consumerHttp), client: CABINET }
    const ask = {
      SOAP: async (options: RequestOptions): Promise<Entity> => {
        const { answer: { outcome, data } } = await askEdrBySoap(gateway, CODE, options)
        const names = data === null ? undefined : childOf(data, 'names')
        return { outcome, name: textOf(names === undefined ? undefined : childOf(names, 'name')), state: data === null ? undefined : textOf(childOf(data, 'stateText')) }
      },
      REST: async (options: RequestOptions): Promise<Entity> => {
        const { answer: { outcome, data } } = await askByRest<{ names?: { name?: string }, stateText?: string }>(gateway, { service: `${EDR}/subjectByCode`, path: `/${CODE}` }, options)
        return { outcome, name: data?.names?.name, state: data?.stateText }
      }
    }
    const asked = async (how: 'SOAP' | 'REST'): Promise<Entity & { readonly id: string }> => {
      const id = `d1-${how.toLowerCase()}-${crypto.randomUUID()}`
      const { value: entity, tookMs } = await timed(() => ask[how]({ id, userId: 'demo', purpose: PURPOSES.edr }))
      tell({
        title: { uk: `Запит за ${how}`, en: `Question by ${how}` },
        said: plain(`${entity.outcome}: ${entity.name ?? '–'}, ${entity.state ?? '–'}`),
        ok: entity.outcome === 'FOUND',
        tookMs,
        links: [recordLink('office', id), recordLink('justice', id), containerLink('office', id, CABINET), catalogLink(`${EDR}/${how === 'SOAP' ? 'SubjectDetail/v1' : 'subjectByCode'}`)]
      })
      return { ...entity, id }
    }
    const [soap, rest] = [await asked('SOAP'), await asked('REST')]
    tell({
      title: { uk: 'Відповіді однакові', en: 'The answers are equal' },
      said: { uk: 'Назва і стан збігаються, хоч протоколи різні.', en: 'Name and state agree, whatever the protocol.' },
      ok: soap.name !== undefined && soap.name === rest.name && soap.state === rest.state
    })
    for (const [how, { id }] of [['SOAP', soap], ['REST', rest]] as const) tell(await proved(world, how, id))
  }
}

async function proved ({ folder, federation }: World, how: string, id: string): Promise<Step> {
  const exchange = { title: how, expected: '', got: '', id, provider: EDR, complete: true }
  const { value: proofs, tookMs } = await timed(() => proveExchanges([exchange], join(folder, 'proofs'), federation.trustFolder, () => {}))
  const tools = (check: (proof: Proof) => boolean | undefined): string => {
    const verdicts = proofs.map(check)
    return verdicts.every((verdict) => verdict === undefined) ? '–' : `${verdicts.filter((verdict) => verdict === true).length}/${proofs.length}`
  }
  const ok = proofs.length === 4 && proofs.every(({ verified, foreign }) => verified && foreign.xmlsec1 !== false && foreign.timestamp !== false && foreign.ocsp !== false)
  return {
    title: { uk: `Докази обміну за ${how}: чотири записи двох шлюзів`, en: `Proofs of the exchange by ${how}: four records of two gateways` },
    said: plain(`trembita-verify ${tools(({ verified }) => verified)} · xmlsec1 ${tools(({ foreign }) => foreign.xmlsec1)} · openssl ts ${tools(({ foreign }) => foreign.timestamp)} · openssl ocsp ${tools(({ foreign }) => foreign.ocsp)}`),
    ok,
    tookMs,
    links: [containerLink('office', id, CABINET), { label: { uk: 'Контейнер постачальника', en: 'Provider’s container' }, href: containerLink('justice', id, EDR).href }]
  }
}
