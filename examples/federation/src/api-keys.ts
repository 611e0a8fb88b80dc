import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { AdminApi } from '@trembita/testnet/joining'
import { program } from './processes.ts'

const run = promisify(execFile)

export const CORE_PROGRAM = program('packages/core/bin/trembita-core.ts')
export const GATEWAY_PROGRAM = program('packages/gateway/bin/trembita-gateway.ts')

/** Roles of those who run the core together; the holder decides apart from them. */
export const OPERATOR = ['XROAD_SECURITY_OFFICER', 'XROAD_REGISTRATION_OFFICER', 'XROAD_SYSTEM_ADMINISTRATOR']
export const HOLDER = ['TREMBITA_HOLDER']
export const GATEWAY_ADMINISTRATOR = ['XROAD_SECURITY_OFFICER', 'XROAD_REGISTRATION_OFFICER', 'XROAD_SERVICE_ADMINISTRATOR', 'XROAD_SYSTEM_ADMINISTRATOR']

/** The administration API behind a key that is made at the machine itself, once, and kept in a file. */
export async function apiWithKey (api: { readonly program: URL, readonly config: string, readonly url: string, readonly roles: readonly string[], readonly keyFile: string }): Promise<AdminApi> {
  if (!existsSync(api.keyFile)) {
    const { stdout } = await run(process.execPath, [api.program.pathname, 'api-key', 'create', '--config', api.config, '--label', 'demonstration', ...api.roles.flatMap((role) => ['--role', role])])
    await writeFile(api.keyFile, stdout, { mode: 0o600 })
  }
  return new AdminApi(api.url, (await readFile(api.keyFile, 'utf8')).trim())
}
