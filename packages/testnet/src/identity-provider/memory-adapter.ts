import type { Adapter, AdapterPayload } from 'oidc-provider'

interface Entry {
  readonly model: string
  readonly payload: AdapterPayload
  readonly untilMs: number
}

/** What the provider keeps, in memory alone: a restart signs everybody out. */
export function memoryAdapters (): (model: string) => Adapter {
  const entries = new Map<string, Entry>()

  function find (model: string, matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined {
    for (const [key, entry] of entries) {
      if (entry.untilMs <= Date.now()) entries.delete(key)
      else if (entry.model === model && matches(entry.payload)) return entry.payload
    }
    return undefined
  }

  return (model) => ({
    async upsert (id, payload, expiresIn) {
      entries.set(`${model}:${id}`, { model, payload, untilMs: expiresIn === undefined || expiresIn <= 0 ? Infinity : Date.now() + expiresIn * 1000 })
    },
    async find (id) {
      const entry = entries.get(`${model}:${id}`)
      return entry !== undefined && entry.untilMs > Date.now() ? entry.payload : undefined
    },
    async findByUid (uid) {
      return find(model, (payload) => payload.uid === uid)
    },
    async findByUserCode (userCode) {
      return find(model, (payload) => payload.userCode === userCode)
    },
    async consume (id) {
      const entry = entries.get(`${model}:${id}`)
      if (entry !== undefined) entry.payload.consumed = Math.floor(Date.now() / 1000)
    },
    async destroy (id) {
      entries.delete(`${model}:${id}`)
    },
    async revokeByGrantId (grantId) {
      for (const [key, { payload }] of entries) {
        if (payload.grantId === grantId) entries.delete(key)
      }
    }
  })
}
