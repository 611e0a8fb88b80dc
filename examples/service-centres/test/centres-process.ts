import { startServiceCentres } from '../src/index.ts'

/**
 * A platform in a process of its own, which ends itself as a crash would, at a step: `SIGKILL` runs nothing of ours any more.
 * Arguments: data folder, address and client of the gateway, the step (empty: none). Tells its parent where its pages are.
 */
const [dataFolder = '', url = '', client = '', crashAt = ''] = process.argv.slice(2)
const centres = await startServiceCentres({
  dataFolder,
  gateway: { url, client, timeoutMs: 5000 },
  retrySeconds: 600,
  rateLimit: { perSecond: 10_000, perMinute: 100_000 },
  onStep: (step) => { if (step === crashAt) process.kill(process.pid, 'SIGKILL') }
})
process.on('message', () => {
  void centres.deliverNow().then(() => { process.send!('delivered') })
})
process.send!(centres.url)
