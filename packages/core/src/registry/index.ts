export { Registry, RegistryConflict } from './registry.ts'
export { type SystemParameters } from './parameters.ts'
export { type GroupEntry, type MemberEntry, type ServerEntry } from './types.ts'
