import { join } from 'node:path'
import { Closer, type Clock } from '@trembita/daemon'
import { ACCOUNT_SCHEMA, IDENTITY_SCHEMA } from '@trembita/daemon/accounts'
import { openSqliteStore, type SqlStore } from '@trembita/daemon/store'
import type { Gateway } from '@trembita/example-consumer'
import { BodyRegistry, Enrolments, OFFICE_SCHEMA, Personnel } from './bodies/index.ts'
import { keyFileOf, type BodyGateway, type OfficeOptions } from './config.ts'
import { Desk } from './desk/index.ts'
import { openKey, Seal } from './seal.ts'

/** The parts of the office, without listeners. */
export interface Office {
  readonly store: SqlStore
  readonly key: Buffer
  readonly clock: Clock
  readonly desks: ReadonlyMap<string, Desk>
  readonly registry: BodyRegistry
  readonly enrolments: Enrolments
  readonly operatorPersonnel: Personnel
  personnelOf (body: string): Personnel
  /** `INSTANCE/CLASS/CODE/OFFICE` */
  officeOf (body: string): string
  bodyOf (client: string): string | undefined
  isActive (body: string): Promise<boolean>
}

export async function openOffice (options: OfficeOptions, clock: Clock, closer: Closer): Promise<Office> {
  const key = await openKey(keyFileOf(options.dataFolder))
  const seal = new Seal(key)
  const store = closer.use('store', await openSqliteStore(join(options.dataFolder, 'office.sqlite'), [ACCOUNT_SCHEMA, IDENTITY_SCHEMA, OFFICE_SCHEMA]))
  const officeOf = (body: string): string => `${options.instance}/GOV/${body}/OFFICE`
  const gatewayOf = ({ code, gateway }: BodyGateway): Gateway => ({ url: gateway, client: officeOf(code), timeoutMs: options.gatewayTimeoutMs ?? 20_000 })
  const hrm = `${options.instance}/${options.personnel ?? 'GOV/90000073/HRM'}`

  const desks = new Map<string, Desk>()
  const personnels = new Map<string, Personnel>()
  for (const body of options.bodies) {
    const gateway = gatewayOf(body)
    personnels.set(body.code, new Personnel(gateway, hrm))
    desks.set(body.code, closer.use(`desk ${body.code}`, await Desk.open({ body: body.code, gateway, dataFolder: options.dataFolder, clock, seal, officeOf })))
  }
  const operatorPersonnel = new Personnel(gatewayOf(options.operator), hrm)
  const registry = new BodyRegistry(store, clock, operatorPersonnel, (code) => desks.has(code))
  const personnelOf = (body: string): Personnel => {
    const personnel = personnels.get(body)
    if (personnel === undefined) throw new Error(`no gateway is set up for body ${body}`)
    return personnel
  }
  return {
    store,
    key,
    clock,
    desks,
    registry,
    operatorPersonnel,
    enrolments: new Enrolments({ store, clock, seal, registry, personnelOf, statusSeconds: options.statusSeconds ?? 86_400 }),
    personnelOf,
    officeOf,
    bodyOf: (client) => [...desks.keys()].find((body) => officeOf(body) === client),
    isActive: async (body) => (await registry.find(body))?.state === 'active'
  }
}
