import { parse } from 'node:path'
import { readFileSync, writeSync } from 'node:fs'
import { createLogger } from '@trembita/daemon'
import { startCatalog } from '../../src/index.ts'
import { ADMIN, PUBLISHER } from './running-catalog.ts'

/**
 * A catalog in a process of its own, which is killed: does one thing after another, each told on standard output when it was
 * acknowledged, until nobody lets it.
 */
const [anchorFile = '', dataFolder = '', gatewayUrl = '', what = '', versionId = ''] = process.argv.slice(2)
const catalog = await startCatalog({
  dataFolder,
  harvestSeconds: 0,
  probeSeconds: 0,
  validDays: 7,
  gateways: new Map(),
  gateway: { url: gatewayUrl, client: { instance: 'TEST', memberClass: 'GOV', memberCode: '9021', subsystemCode: 'CATALOG' } }
}, createLogger('catalog', 'silent'), { anchor: readFileSync(anchorFile), origin: `http://${parse(dataFolder).name}.test` })
const say = (line: string): void => { writeSync(1, `${line}\n`) }

if (what === 'harvest') {
  for (let round = 0; ; round++) {
    const running = catalog.parts.harvest.run()
    say(`begun ${round}`)
    await running
    say(`harvested ${round}`)
  }
}
if (what === 'verify') {
  say(`started ${await catalog.parts.verifications.start(PUBLISHER, versionId)}`)
}
if (what === 'publish') {
  await catalog.parts.applications.publish(ADMIN, versionId)
  say('published')
}
