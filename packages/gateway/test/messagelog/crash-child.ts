import { createPrivateKey, randomBytes } from 'node:crypto'
import { writeSync } from 'node:fs'
import { createLogger, systemClock } from '@trembita/daemon'
import { Certificate } from '@trembita/protocol/pki'
import { signatureAlgorithmFor, signValue } from '@trembita/protocol/signature'
import { openMessageLog } from '../../src/messagelog/index.ts'
import { PIN, sealedRecord } from './records.ts'

/** What the parent hands over: base64 of DER, and a PEM. */
export interface ChildInput {
  readonly folder: string
  readonly tsaUrl: string
  readonly tsaCertificate: string
  readonly certificate: string
  readonly ocspResponse: string
  readonly privateKey: string
}

/*
 * Writes records until it is killed, and tells of each one that was acknowledged, at once and unbuffered:
 * a line that the parent reads is a promise that the log must keep.
 */
const input = JSON.parse(process.argv[2]!) as ChildInput
const der = (text: string): Buffer => Buffer.from(text, 'base64')
const algorithm = signatureAlgorithmFor('ec')
const privateKey = createPrivateKey(input.privateKey)
const key = {
  certificate: Certificate.parse(der(input.certificate)),
  intermediates: [],
  ocspResponses: [der(input.ocspResponse)],
  algorithm,
  sign: (data: Uint8Array) => signValue(algorithm, privateKey, data)
}
const tsa = Certificate.parse(der(input.tsaCertificate))
const log = await openMessageLog({
  folder: input.folder,
  pin: PIN,
  clock: systemClock,
  log: createLogger('child', 'silent'),
  archive: {},
  timestamping: { providers: () => [{ name: 'tsa', url: input.tsaUrl }], trusted: () => [tsa], firstDelaySeconds: 0, intervalSeconds: () => 0.05 }
})
writeSync(1, 'ready\n')
for (let writer = 0; writer < 8; writer++) {
  void (async () => {
    for (;;) {
      const size = Math.random() < 0.3 ? 70_000 + Math.floor(Math.random() * 200_000) : Math.floor(Math.random() * 5000)
      const bytes = randomBytes(size)
      const spool = log.openBody()
      await spool.write(bytes)
      const record = await sealedRecord(key, { bodies: [bytes], held: [await spool.end()] })
      const id = await log.append(record)
      writeSync(1, `${id} ${record.queryId}\n`)
      if (Math.random() < 0.02) await log.archiveNow()
    }
  })()
}
