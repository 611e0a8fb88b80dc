import type { Lang } from '@trembita/web'
import type { FoundEntry, Interface, Organisation, Resource, ServiceHealth } from '../entry/index.ts'
import { say } from './labels.ts'

/** Entries that were read for a page. */
export interface Known {
  readonly interfaces: readonly Interface[]
  readonly resources: readonly Resource[]
  readonly organisations: readonly Organisation[]
  readonly health: ReadonlyMap<string, ServiceHealth>
}

/** Name of an entry and a line about it. */
export function describeEntry ({ interfaces, resources, organisations }: Known, { kind, id }: FoundEntry, lang: Lang): { readonly name: string, readonly about: string } {
  switch (kind) {
    case 'organisation': {
      const one = organisations.find((organisation) => organisation.id === id)
      return { name: one === undefined ? id : say(one.name, lang), about: one?.code ?? '' }
    }
    case 'resource': {
      const one = resources.find((resource) => resource.id === id)
      return { name: one === undefined ? id : say(one.name, lang), about: one === undefined ? '' : say(one.purpose, lang) }
    }
    case 'interface': {
      const one = interfaces.find((candidate) => candidate.id === id)
      return { name: one === undefined ? id : say(one.name, lang), about: one?.versions[0] === undefined ? '' : say(one.versions[0].card.purpose, lang) }
    }
    case 'service': return { name: id.split('/').slice(4).join('/'), about: id }
  }
}
