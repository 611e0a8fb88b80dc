import { generateKeyPairSync, randomBytes } from 'node:crypto'
import t from 'tap'
import { writeZip } from '@trembita/protocol/asic'
import { canonicalEvent, eventCommitment, formatOpening, LEAF_KIND, leafData, openingHash, verifyReceipt } from '@trembita/protocol/accessevent'
import {
  addSignatures, cosign, formatCheckpoint, formatPolicy, formatProof, inclusionRanges, leafHash, nodeHash, noteSigner, parsePolicy, signNote, SIGNATURE_TYPE, type NoteSigner, type Range
} from '@trembita/protocol/tlog'
import { eventOf } from '../notice/fixture.ts'
import { accessNow, runPortal } from './running-portal.ts'

interface BrowserVerifier {
  verifyReceipt (receipt: { proof: string, opening: string, policy: string }): Promise<{ origin: string, size: number, index: number, witnesses: { name: string, at: Date }[] }>
}
/** The script as browsers get it. */
const { verifyReceipt: verifyInBrowser } = await import(new URL('../../src/portal/static/verify-receipt.js', import.meta.url).href) as BrowserVerifier

const signerOf = (name: string, type: typeof SIGNATURE_TYPE[keyof typeof SIGNATURE_TYPE]): NoteSigner => noteSigner(name, type, generateKeyPairSync('ed25519').privateKey)
const log = signerOf('monitor.example/log', SIGNATURE_TYPE.ed25519)
const witnesses = ['ombudsman', 'university', 'ngo'].map((name) => signerOf(name, SIGNATURE_TYPE.cosignature))

function rootOf (leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 1) return leaves[0]!
  const split = 2 ** Math.ceil(Math.log2(leaves.length) - 1)
  return Buffer.from(nodeHash(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split))))
}

/** A receipt of leaf `index` among `size`, cosigned by the first two of three witnesses. */
function receiptOf (index: number, size: number): { proof: string, opening: string, policy: string } {
  const event = eventOf()
  const salt = randomBytes(32)
  const leaves = Array.from({ length: size }, () => Buffer.from(leafHash(randomBytes(33))))
  leaves[index] = Buffer.from(leafHash(leafData(LEAF_KIND.event, eventCommitment(salt, canonicalEvent(event)))))
  const hashes = inclusionRanges(index, size).map(({ from, to }: Range) => rootOf(leaves.slice(from, to)))
  const body = formatCheckpoint({ origin: log.name, size, root: rootOf(leaves) })
  const checkpoint = addSignatures(signNote(body, log), witnesses.slice(0, 2).map((witness) => cosign(body, witness, new Date('2026-11-30T12:00:00Z'))))
  const opening = formatOpening(salt, event)
  return {
    proof: formatProof({ extra: openingHash(opening), index, hashes, checkpoint }),
    opening,
    policy: formatPolicy({ logs: [{ key: log }], witnesses: witnesses.map((key) => ({ name: key.name, key })), groups: [{ name: 'two', threshold: 2, members: witnesses.map(({ name }) => name) }], quorum: 'two' })
  }
}

t.test('the browser\'s verifier and ours accept the same receipts, whatever the tree (TR-5.3) (TR-5.2)', async (t) => {
  for (const [index, size] of [[0, 1], [0, 2], [1, 2], [2, 3], [5, 8], [6, 7], [64, 65], [100, 130]] as const) {
    const receipt = receiptOf(index, size)
    verifyReceipt(receipt.proof, receipt.opening, parsePolicy(receipt.policy))
    t.match(await verifyInBrowser(receipt), { origin: log.name, size, index, witnesses: [{ name: 'ombudsman' }, { name: 'university' }] }, `${index} of ${size}`)
  }
})

t.test('one changed character anywhere is refused by the browser\'s verifier', async (t) => {
  const receipt = receiptOf(5, 8)
  const flip = (text: string, at: number): string => text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
  const places = (text: string): number[] => [...text].flatMap((letter, at) => /[A-Za-z0-9]/.test(letter) && at % 7 === 0 ? [at] : [])
  for (const part of ['proof', 'opening'] as const) {
    for (const at of places(receipt[part])) await t.rejects(verifyInBrowser({ ...receipt, [part]: flip(receipt[part], at) }), `${part} at ${at}: ${receipt[part].slice(at, at + 12)}`)
  }
})

t.test('too few witnesses, another log, and a proof of another opening are refused', async (t) => {
  const receipt = receiptOf(1, 2)
  const lines = receipt.proof.trimEnd().split('\n')
  await t.rejects(verifyInBrowser({ ...receipt, proof: `${lines.slice(0, -1).join('\n')}\n` }), { message: 'quorum' })
  await t.rejects(verifyInBrowser({ ...receipt, policy: receipt.policy.replaceAll('monitor.example/log', 'monitor.example/other') }), { message: 'malformed' })
  await t.rejects(verifyInBrowser({ ...receipt, opening: receiptOf(1, 2).opening }), { message: 'opening' })
  await t.rejects(verifyInBrowser({ ...receipt, proof: receipt.proof.replace(/^extra .*\n/m, ''), opening: receiptOf(1, 2).opening }), { message: 'inclusion' })
})

t.test('the portal vouches for receipts of its own log alone, whatever keys lie in the ZIP (TR-5.3)', async (t) => {
  const portal = await runPortal(t)
  const access = accessNow()
  await portal.append(access)
  const verdictOf = async ({ proof, opening, policy }: { proof: string, opening: string, policy: string }): Promise<string> => {
    const zip = await writeZip([{ name: 'receipt.tlog-proof', bytes: Buffer.from(proof) }, { name: 'opening.json', bytes: Buffer.from(opening) }, { name: 'policy.txt', bytes: Buffer.from(policy) }], { at: new Date() })
    const form = new FormData()
    form.set('receipt', new Blob([new Uint8Array(zip)], { type: 'application/zip' }), 'receipt.zip')
    return await (await fetch(new URL('/verification', portal.url), { method: 'POST', body: form, headers: { origin: new URL(portal.url).origin } })).text()
  }
  t.match(await verdictOf((await portal.deps.receipts.of(access.eventId))!), /Розписка справжня/)
  const foreign = receiptOf(2, 5)
  t.ok(verifyReceipt(foreign.proof, foreign.opening, parsePolicy(foreign.policy)), 'it holds by the keys that it brings along')
  const page = await verdictOf(foreign)
  t.notMatch(page, /Розписка справжня/)
  t.match(page, /журнал не наш/)
})
