import type { Pages } from './visit.ts'

const PROOF_TIMEOUT_MS = 20_000
/** A letter with files, request and answer, compressed into containers. */
const PROOF_BYTES_MAX = 32 * 1024 * 1024

/** The sealed messages of an exchange, from the body's own gateway: what a court or an auditor verifies without us. */
export function proofPages (pages: Pages): void {
  pages.getAs('/exchanges/:id', async (visit) => {
    const { desk, params, lang, me, identity } = visit
    const id = params.id ?? ''
    const [xRoadInstance, memberClass, memberCode, subsystemCode] = desk.gateway.client.split('/') as [string, string, string, string]
    const address = new URL('/asic', desk.gateway.url)
    address.search = `?force&${new URLSearchParams({ queryId: id, xRoadInstance, memberClass, memberCode, subsystemCode }).toString()}`
    const may = /^[\x21-\x7e]{1,256}$/.test(id) && await desk.mayProve(me, id) && !await pages.office.enrolments.isOfAnother(identity.subject, id)
    const bytes = may ? await download(address) : undefined
    if (bytes !== undefined) return { bytes, type: 'application/zip', fileName: `exchange-${id}.zip` }
    return { status: 404, page: visit.page({ title: lang === 'uk' ? 'Шлюз не дав доказу цього обміну' : 'The gateway gave no proof of this exchange', body: lang === 'uk' ? 'Спробуйте ще раз за хвилину: позначка часу могла ще не надійти.' : 'Try again in a minute: the timestamp may not have come yet.' }) }
  })
}

async function download (address: URL): Promise<Buffer | undefined> {
  try {
    const response = await fetch(address, { redirect: 'manual', signal: AbortSignal.timeout(PROOF_TIMEOUT_MS) })
    if (response.status !== 200) return undefined
    const chunks: Buffer[] = []
    let size = 0
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      size += chunk.length
      if (size > PROOF_BYTES_MAX) return undefined
      chunks.push(Buffer.from(chunk))
    }
    return Buffer.concat(chunks)
  } catch {
    // The gateway does not answer: the page says that there is no proof for now.
    return undefined
  }
}
