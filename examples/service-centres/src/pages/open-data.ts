import type { FastifyInstance } from 'fastify'
import { CENTRES } from '../centres/index.ts'
import { cardsAs, FORMATS, type Format } from '../services/formats.ts'

/** The cards as files for anybody (regulation, item 19): `/data/centres.json`, `.csv`, `.jsonld`. */
export function addOpenData (app: FastifyInstance): void {
  for (const format of Object.keys(FORMATS) as Format[]) {
    app.get(`/data/centres.${format}`, { config: { access: 'public' } }, async (_request, reply) => await reply
      .header('content-disposition', `attachment; filename="centres.${format}"`)
      .type(`${FORMATS[format]}; charset=utf-8`)
      .send(cardsAs(format, CENTRES)))
  }
}
