import { brotliCompress, constants } from 'node:zlib'
import { promisify } from 'node:util'
import fastify from 'fastify'

export interface ScalarScript {
  readonly bytes: Buffer
  readonly compressed: Buffer
}

const compress = promisify(brotliCompress)
/** Half of what the best would take off, in a tenth of its time: it is done when the first reader waits. */
const QUALITY = 5
let held: Promise<ScalarScript> | undefined

/** Scalar's own script, 5 MB, as its package serves it. Read when the first reader asks for it: most catalogs' processes never do. */
export async function scalarScript (): Promise<ScalarScript> {
  held ??= readScript().catch((error: unknown) => {
    held = undefined
    throw error
  })
  return await held
}

async function readScript (): Promise<ScalarScript> {
  const { default: scalar } = await import('@scalar/fastify-api-reference')
  const app = fastify({ logger: false })
  try {
    await app.register(scalar, { routePrefix: '/reference', configuration: { content: '{}' } })
    const { statusCode, rawPayload } = await app.inject('/reference/js/scalar.js')
    if (statusCode !== 200) throw new Error(`the package of Scalar gives no script: ${statusCode}`)
    return { bytes: rawPayload, compressed: await compress(rawPayload, { params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: rawPayload.length } }) }
  } finally {
    await app.close()
  }
}
