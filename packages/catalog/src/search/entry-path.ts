import type { FoundEntry } from '../entry/index.ts'

const FOLDERS = { organisation: 'organisations', resource: 'resources', interface: 'interfaces', service: 'services' } as const

/** Path of an entry's page below `/catalog`: `/services/INSTANCE/CLASS/…`. */
export function entryPath ({ kind, id }: FoundEntry): string {
  return `/${FOLDERS[kind]}/${id.split('/').map(encodeURIComponent).join('/')}`
}
