import { CORE_PROGRAM, GATEWAY_PROGRAM } from './api-keys.ts'
import { GATEWAYS, localhost, PORTS } from './plan/index.ts'
import { program, type Program } from './processes.ts'
import type { Settings } from './settings.ts'

/** Every process of the demonstration; none knows of another but by its address. */
export function programsOf (settings: Settings): Program[] {
  const here = (file: string): URL => program(`examples/federation/src/${file}`)
  return [
    { name: 'core', file: CORE_PROGRAM, args: ['--config', settings.core], readyUrl: localhost(PORTS.core.admin, '/health/live') },
    ...[...settings.gateways].map(([code, config]): Program => ({ name: code, file: GATEWAY_PROGRAM, args: ['--config', config], readyUrl: localhost(GATEWAYS[code]!.console, '/health/live') })),
    { name: 'development-services', file: here('development-services.ts'), args: [], readyUrl: localhost(PORTS.identityProvider, '/.well-known/openid-configuration') },
    { name: 'registers', file: here('registers.ts'), args: ['--pseudonym-key', settings.pseudonymKey], readyUrl: localhost(PORTS.registers, '/registers') }
  ]
}
