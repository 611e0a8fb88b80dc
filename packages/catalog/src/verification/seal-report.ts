import { createHash, randomUUID } from 'node:crypto'
import type { FastifyPluginAsync } from 'fastify'
import type { SqlStore } from '@trembita/daemon/store'
import type { GatewayClient } from '../exchange/index.ts'
import { findRun } from './run-store.ts'
import type { RunReport } from './report.ts'

export interface SealReportDeps {
  readonly store: SqlStore
  readonly gateway: GatewayClient
  /** Service of the catalog's own subsystem that takes reports. */
  readonly serviceCode: string
}

const REPORT_BYTES_MAX = 4 * 1024 * 1024

/**
 * Has a report sealed by the catalog's member: the catalog sends it through its gateway to its own service `report`. The request's container
 * holds the report whole, sealed and time-stamped like any message, and outside tools verify it as such (ADR 16).
 *
 * @throws {ExchangeError} when the exchange does not come about.
 */
export async function sealReport ({ store, gateway, serviceCode }: SealReportDeps, runId: string): Promise<void> {
  const report = await findRun(store, runId)
  if (report === undefined || report.state === 'running') return
  const messageId = `report-${runId}-${randomUUID().slice(0, 8)}`
  await gateway.rest({ service: { ...gateway.client, serviceCode }, method: 'POST', path: '', headers: { 'content-type': 'application/json' }, body: reportBytes(report) }, messageId)
  const container = await gateway.container(messageId, 'request')
  await store.write(async (tx) => { await tx.run('UPDATE verification_run SET sealed = ?, seal_message_id = ? WHERE id = ?', container, messageId, runId) })
}

/** The report as it is sealed. */
export function reportBytes (report: RunReport): Buffer {
  const { sealed: _sealed, sealMessageId: _id, ...rest } = report
  return Buffer.from(JSON.stringify({ kind: 'trembita-verification-report', ...rest }, null, 1))
}

/** `POST /report`: takes a report that came through the exchange and says what it was. Reached by the catalog's own gateway only. */
export const reportService: FastifyPluginAsync = async (app) => {
  app.addContentTypeParser('application/json', { parseAs: 'buffer', bodyLimit: REPORT_BYTES_MAX }, (_request, body, done) => { done(null, body) })
  app.post('/report', async (request) => ({ sha256: createHash('sha256').update(request.body as Buffer).digest('hex') }))
}
