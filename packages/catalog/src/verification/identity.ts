import { formatClientId, formatServiceId, memberOf, providerOf } from '@trembita/protocol/identifiers'
import { ExchangeError } from '../exchange/index.ts'
import type { Step, Subject } from './context.ts'

/** G0: is this the service that it is said to be, and may it be published by this organisation now? */
export function identityStep (subject: Subject): Step {
  return {
    name: `identity ${subject.name}`,
    run: async (context) => {
      const { id, name } = subject
      const provider = providerOf(id)
      const { configuration } = context
      const known = configuration.has(provider) && configuration.gatewaysOf(provider).length > 0
      context.add({
        code: 'ID-1',
        verdict: known ? 'pass' : 'fail',
        service: name,
        expected: `${formatClientId(provider)} in the signed configuration, at a gateway`,
        observed: known ? configuration.gatewaysOf(provider).join(', ') : 'not there',
        hint: known ? undefined : { uk: 'Зареєструйте підсистему на шлюзі й дочекайтеся нової конфігурації.', en: 'Register the subsystem at a gateway and wait for the next configuration.' }
      })
      const owner = formatClientId(memberOf(id))
      context.add({
        code: 'ID-3',
        verdict: owner === context.organisation.id ? 'pass' : 'fail',
        service: name,
        expected: context.organisation.id,
        observed: owner,
        hint: owner === context.organisation.id ? undefined : { uk: 'Сервіс належить іншій організації.', en: 'The service belongs to another organisation.' }
      })
      const suspension = configuration.suspensionOf(provider)
      context.add({
        code: 'ID-4',
        verdict: suspension === undefined ? 'pass' : 'fail',
        service: name,
        observed: suspension === undefined ? undefined : `suspended: ${suspension.ground}, ${suspension.actNumber}`,
        hint: suspension === undefined ? undefined : { uk: 'Доступ учасника зупинено держателем (пункт 15).', en: 'The holder has stopped this participant\'s access (item 15).' }
      })
      if (known && suspension === undefined) await checkListed(context, subject)
    }
  }
}

async function checkListed (context: Parameters<Step['run']>[0], { id, name, service }: Subject): Promise<void> {
  const provider = providerOf(id)
  try {
    const listed = service.protocol === 'REST' ? (await context.gateway.restMethods(provider)).map(({ id }) => id) : await context.gateway.soapMethods(provider)
    const found = listed.some((one) => formatServiceId(one) === name)
    context.add({
      code: 'ID-2',
      verdict: found ? 'pass' : 'fail',
      service: name,
      expected: 'listed by listMethods of its gateway',
      observed: found ? undefined : `${listed.length} services, not this one`,
      hint: found ? undefined : { uk: 'Увімкніть сервіс на шлюзі.', en: 'Enable the service at the gateway.' }
    })
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error
    context.add({ code: 'ID-2', verdict: 'fail', service: name, observed: `${error.code}: ${error.message}`, messageId: error.messageId || undefined, hint: { uk: 'Шлюз постачальника не відповів каталогу.', en: 'The provider\'s gateway did not answer the catalog.' } })
  }
}
