import type { SqlReader, SqlStore } from '@trembita/daemon/store'
import { parseNextUpdate, trustStoreOf, type SharedParameters } from '@trembita/protocol/globalconf'
import type { TrustStore } from '@trembita/protocol/pki'
import { revisionOf } from '../audit/index.ts'
import { optionalParts } from '../globalconf/index.ts'
import { readParameters } from '../registry/index.ts'
import { caEntries, tsaEntries, type CaCertificateEntry } from '../trust/index.ts'

/** What the instance trusts by its registry: kept until something there changes. */
export class CurrentTrust {
  readonly #store: SqlStore
  #known: { readonly revision: number, readonly trust: TrustStore } | undefined

  constructor (store: SqlStore) {
    this.#store = store
  }

  async current (): Promise<TrustStore> {
    if (this.#known?.revision !== await revisionOf(this.#store)) {
      this.#known = await this.#store.read(async (reader) => ({ revision: await revisionOf(reader), trust: await read(reader) }))
    }
    return this.#known.trust
  }
}

async function read (reader: SqlReader): Promise<TrustStore> {
  const { instance, ocspFreshnessSeconds } = await readParameters(reader)
  const nextUpdate = (await optionalParts(reader)).find(({ contentIdentifier }) => contentIdentifier === 'NEXTUPDATE')
  return trustStoreOf({
    instance,
    approvedCas: (await caEntries(reader)).map(({ top, intermediates, ...ca }) => ({ ...ca, topCa: caInfo(top), intermediateCas: intermediates.map(caInfo) })),
    approvedTsas: (await tsaEntries(reader)).map(({ certificate, ...tsa }) => ({ ...tsa, certificate: certificate.der })),
    ocspFreshnessSeconds,
    // Who is registered has no say in whom to trust.
    sources: [],
    members: [],
    servers: [],
    globalGroups: [],
    memberClasses: []
  }, { verifyNextUpdate: nextUpdate === undefined ? undefined : parseNextUpdate(nextUpdate.content) })
}

function caInfo ({ certificate, ocsp }: CaCertificateEntry): SharedParameters['approvedCas'][number]['topCa'] {
  return { certificate: certificate.der, ocsp: ocsp.map((responder) => ({ ...responder, certificate: responder.certificate?.der })) }
}
