import type { Entries, EntryKind, FoundEntry, SearchIndex, Viewer } from './entry/index.ts'

/** Finds entries whose name, code or purpose holds every word, whatever the case. For catalogs without the search index. */
export function titleSearch (entries: Entries): SearchIndex {
  return {
    search: async (query: string, viewer: Viewer, kind?: EntryKind): Promise<FoundEntry[]> => {
      const words = normal(query).split(/\s+/).filter((word) => word !== '')
      const holds = (...texts: readonly (string | undefined)[]): boolean => {
        const text = normal(texts.filter((one) => one !== undefined).join(' '))
        return words.every((word) => text.includes(word))
      }
      const found: FoundEntry[] = []
      if (kind === undefined || kind === 'organisation') {
        for (const { id, code, name } of await entries.organisations()) if (holds(name.uk, name.en, code)) found.push({ kind: 'organisation', id })
      }
      if (kind === undefined || kind === 'resource') {
        for (const { id, name, purpose, dataObjects, ownerName } of await entries.resources()) if (holds(name.uk, name.en, purpose.uk, purpose.en, ownerName, ...dataObjects)) found.push({ kind: 'resource', id })
      }
      if (kind === undefined || kind === 'interface') {
        for (const { id, name, versions } of await entries.interfaces(viewer)) {
          const [newest] = versions
          if (holds(name.uk, name.en, newest?.card.purpose.uk, ...newest?.services.map(({ serviceId }) => serviceId) ?? [])) found.push({ kind: 'interface', id })
        }
      }
      return found
    }
  }
}

function normal (text: string): string {
  return text.normalize('NFC').toLocaleLowerCase('uk').replace(/['’ʼ`‘]/g, '’')
}
