import { startBusinessCabinet } from '../src/index.ts'

/**
 * A cabinet in a process of its own, which ends itself as a crash would, at a step: `SIGKILL` runs nothing of ours any more.
 * Arguments: data folder, address and client of the gateway, key files, the step (empty: none). Prints where its pages and services are.
 */
const [dataFolder = '', url = '', client = '', pseudonymKeyFile, portalKeysFile, crashAt = ''] = process.argv.slice(2)
const steps: string[] = []
const system = await startBusinessCabinet({
  dataFolder,
  gateway: { url, client, timeoutMs: 5000 },
  pseudonymKeyFile,
  portalKeysFile,
  retry: { firstSeconds: 600, maxSeconds: 3600 },
  onStep: (step) => {
    steps.push(step)
    if (step === crashAt) process.kill(process.pid, 'SIGKILL')
  }
})
const { cabinet } = system
process.on('message', (message: { do: 'join' | 'leave' | 'state', sub: string, rnokpp: string, name: string }) => { void answer(message) })

async function answer ({ do: what, sub, rnokpp, name }: { do: string, sub: string, rnokpp: string, name: string }): Promise<void> {
  if (what === 'join') {
    const check = await cabinet.checks.begin(sub, { kind: 'FOP', code: rnokpp, name })
    await cabinet.participations.join(check.id, { person: sub, assurance: 'high', at: new Date() })
  }
  if (what === 'leave') await cabinet.participations.leave((await cabinet.participations.of(sub))!.ref)
  await cabinet.worker.kick()
  const participation = await cabinet.participations.of(sub)
  const ref = participation?.ref ?? ''
  process.send!({
    state: participation?.state ?? 'none',
    erased: participation?.act?.record.erased,
    counts: await cabinet.participations.counts(),
    answers: Object.values((await cabinet.analysis.answers(ref)).latest).filter((one) => one !== undefined).length,
    history: (await cabinet.analysis.history(ref)).length,
    offers: (await cabinet.offers.list(ref)).length,
    held: await cabinet.pseudonyms.refOf(rnokpp) === ref && ref !== '',
    exchanges: await cabinet.analysis.exchangeCounts()
  })
}

process.send!('ready')
