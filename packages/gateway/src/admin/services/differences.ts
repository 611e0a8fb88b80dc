import type { Description, ServiceToWrite } from '../../serverconf/index.ts'
import type { Warning } from '../refusal.ts'

/** A service with its version, as X-Road writes them. */
export const nameOf = ({ code, version }: { readonly code: string, readonly version?: string | undefined }): string => version === undefined ? code : `${code}.${version}`

/** What an administrator should know of before it comes and goes. */
export function differences (description: Description, services: readonly ServiceToWrite[], renamed?: string | undefined): Warning[] {
  const before = description.services.filter(({ code }) => code !== renamed)
  const [old, now] = [before.map(nameOf), services.map(nameOf)]
  const endpoints = (list: readonly { readonly endpoints: readonly { readonly method: string, readonly path: string, readonly generated?: boolean }[] }[]): string[] =>
    list.flatMap((one) => one.endpoints.filter(({ generated }) => generated !== false).map(({ method, path }) => `${method} ${path}`))
  const [oldEndpoints, newEndpoints] = [endpoints(description.services), endpoints(services)]
  const warnings: readonly Warning[] = [
    { code: 'adding_services', metadata: renamed === undefined ? now.filter((name) => !old.includes(name)) : [] },
    { code: 'deleting_services', metadata: old.filter((name) => !now.includes(name)) },
    { code: 'adding_endpoints', metadata: newEndpoints.filter((one) => !oldEndpoints.includes(one)) },
    { code: 'deleting_endpoints', metadata: oldEndpoints.filter((one) => !newEndpoints.includes(one)) }
  ]
  return warnings.filter(({ metadata }) => metadata.length > 0)
}
