import type { BodyGateway } from './config.ts'
import type { Office } from './office.ts'

const ACTOR = 'Демонстрація · Demonstration'

/**
 * Connects the bodies that the settings name, by the same steps as the technical administrator. What stands already is left as it is;
 * while the personnel system does not answer, it is tried again later.
 */
export async function connectForDemonstration ({ registry }: Office, bodies: readonly BodyGateway[]): Promise<void> {
  for (const { code, connectWith } of bodies) {
    if (connectWith === undefined) continue
    let body = await registry.find(code)
    if (body === undefined) await registry.request(code, ACTOR)
    body = await registry.find(code)
    // A hand that has been laid on it is not overruled.
    if ((await registry.history(code)).some(({ actor }) => actor !== ACTOR)) continue
    if (body?.state === 'requested') await registry.check(code, ACTOR)
    body = await registry.find(code)
    if (body?.state === 'checked') await registry.appoint(code, connectWith, ACTOR)
    body = await registry.find(code)
    if (body?.state === 'appointed') await registry.activate(code, ACTOR)
  }
}
