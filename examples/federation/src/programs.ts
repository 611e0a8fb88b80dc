import { CORE_PROGRAM, GATEWAY_PROGRAM } from './api-keys.ts'
import { GATEWAYS, localhost, PORTS } from './plan/index.ts'
import { program, type Program } from './processes.ts'
import type { Settings } from './settings/index.ts'

const MONITOR_PROGRAM = program('packages/monitor/bin/trembita-monitor.ts')

/** Every process of the demonstration; none knows of another but by its address. */
export function programsOf (settings: Settings): Program[] {
  const here = (file: string): URL => program(`examples/federation/src/${file}`)
  return [
    { name: 'core', file: CORE_PROGRAM, args: ['--config', settings.core], readyUrl: localhost(PORTS.core.admin, '/health/live') },
    ...[...settings.gateways].map(([code, config]): Program => ({ name: code, file: GATEWAY_PROGRAM, args: ['--config', config], readyUrl: localhost(GATEWAYS[code]!.console, '/health/live') })),
    { name: 'development-services', file: here('development-services.ts'), args: ['--witness', settings.witness], readyUrl: localhost(PORTS.identityProvider, '/.well-known/openid-configuration') },
    { name: 'index-keys', file: MONITOR_PROGRAM, args: ['index-keys', '--config', settings.indexKeys], readyUrl: localhost(PORTS.monitor.keys, '/health') },
    { name: 'monitor', file: MONITOR_PROGRAM, args: ['--config', settings.monitor], readyUrl: localhost(PORTS.monitor.admin, '/health/live') },
    { name: 'portal', file: program('examples/diia-portal/src/main.ts'), args: ['--config', settings.portal], readyUrl: localhost(PORTS.portal.services, '/health') },
    { name: 'cabinet', file: program('examples/business-cabinet/src/main.ts'), args: ['--config', settings.cabinet], readyUrl: localhost(PORTS.cabinet.services, '/health') },
    { name: 'office', file: program('examples/diia-office/src/main.ts'), args: ['--config', settings.office], readyUrl: localhost(PORTS.office.services, '/health') },
    { name: 'centres', file: program('examples/service-centres/src/main.ts'), args: ['--config', settings.centres], readyUrl: localhost(PORTS.centres.services, '/health') },
    { name: 'registers', file: here('registers.ts'), args: ['--pseudonym-key', settings.pseudonymKey, '--data', settings.registers], readyUrl: localhost(PORTS.registers, '/registers') }
  ]
}
