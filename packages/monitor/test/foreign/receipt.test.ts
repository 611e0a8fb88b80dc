import { createPublicKey, createHash, type KeyObject } from 'node:crypto'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { canonicalEvent, eventCommitment, LEAF_KIND, leafData, type AccessEvent } from '@trembita/protocol/accessevent'
import { parseNote, parseProof, parseVerifierKey, type VerifierKey } from '@trembita/protocol/tlog'
import { openssl, runTool } from '@trembita/testnet/verifiers'
import { main } from '@trembita/protocol/verify'
import { openLog, witnessOf } from '../ledger/log-fixture.ts'
import { COMPONENT, sampleEvent } from '../samples.ts'

/** Where Debian puts the source of golang-golang-x-mod-dev. */
const GOPATH = '/usr/share/gocode'
/** Debian's brings its standard library compiled; another one would compile it first. */
const GO = existsSync('/usr/bin/go') ? '/usr/bin/go' : 'go'
const run = promisify(execFile)

interface Sigstore {
  verifyCheckpoint (entry: object, logs: readonly object[]): { logSize: bigint, logHash: Buffer }
  verifyMerkleInclusion (entry: object, checkpoint: object): void
}

/** The verifier of npm's own provenance, its checks of checkpoint and inclusion. */
function sigstore (): Sigstore {
  const require = createRequire(import.meta.url)
  const folder = join(dirname(fileURLToPath(import.meta.resolve('@sigstore/verify'))), 'tlog')
  return { ...require(join(folder, 'checkpoint.js')) as Sigstore, ...require(join(folder, 'merkle.js')) as Sigstore }
}

function sigstoreAccepts (key: VerifierKey, proof: string, leaf: Buffer): boolean {
  const { verifyCheckpoint, verifyMerkleInclusion } = sigstore()
  const { index, hashes, checkpoint } = parseProof(proof)
  const entry = { canonicalizedBody: leaf, inclusionProof: { logIndex: String(index), hashes, checkpoint: { envelope: checkpoint } } }
  try {
    verifyMerkleInclusion(entry, verifyCheckpoint(entry, [{ logID: key.keyId, baseURL: `https://${key.name}`, publicKey: key.publicKey }]))
    return true
  } catch (error) {
    if ((error as { code?: string }).code === 'TLOG_INCLUSION_PROOF_ERROR') return false
    throw error
  }
}

/** Changes one bit of a base64 word so that it stays base64 of as many bytes. */
function flipBase64 (word: string): string {
  const bytes = Buffer.from(word, 'base64')
  bytes[9]! ^= 0x20
  return bytes.toString('base64')
}

const missingGo = (await runTool(GO, ['version'])).ok && existsSync(join(GOPATH, 'src/golang.org/x/mod/sumdb/tlog')) ? false : 'Go and golang-golang-x-mod-dev are not installed: npm run setup:system'

t.test('a real receipt is accepted by golang.org/x/mod, @sigstore/verify, openssl and trembita-verify, and refused by each with one bit flipped (IP-2.4a, TR-5.2)', async (t) => {
  t.setTimeout(200_000)
  const root = t.testdir()
  let key = ''
  await using witness = await witnessOf(root, () => [key])
  const log = await openLog(root, { witness })
  t.teardown(() => log.close())
  key = log.ledger.verifierKey
  const events = Array.from({ length: 300 }, (_, i) => sampleEvent(i + 1))
  await log.intake.report({ component: COMPONENT, fromSeq: 1, toSeq: 300, events })
  await log.ledger.flush()
  const event = events[77]!
  const { proof, opening, policy, zip } = (await log.receipts.of(event.eventId))!
  const opened = JSON.parse(opening) as { salt: string, event: AccessEvent }
  const leaf = leafData(LEAF_KIND.event, eventCommitment(Buffer.from(opened.salt, 'base64url'), canonicalEvent(event)))
  const verifier = parseVerifierKey(key)

  const hash = proof.split('\n')[3]!
  const rootLine = parseNote(parseProof(proof).checkpoint).body.split('\n')[2]!
  const signature = parseProof(proof).checkpoint.split('\n').find((line) => line.startsWith(`\u2014 ${verifier.name} `))!.split(' ')[2]!
  const flippedLeaf = Buffer.from(leaf)
  flippedLeaf[20]! ^= 1
  const changed = {
    proof: proof.replace(hash, flipBase64(hash)), checkpoint: proof.replace(rootLine, flipBase64(rootLine)), signature: proof.replace(signature, flipBase64(signature))
  }

  await t.test('golang.org/x/mod, note, record, tree and tiles', { skip: missingGo }, async (t) => {
    const program = join(root, 'check-receipt')
    const env = { ...process.env, GO111MODULE: 'off', GOPATH, GOFLAGS: '', GOCACHE: join(root, 'go-cache') }
    await run(GO, ['build', '-o', program, join(import.meta.dirname, 'check-receipt.go')], { env })
    let count = 0
    const accepts = async (proof: string, leaf: Buffer, ...more: string[]): Promise<boolean> => {
      const file = join(root, `proof-${++count}`)
      await writeFile(file, proof)
      return (await runTool(program, [key, file, leaf.toString('hex'), ...more])).ok
    }
    t.ok(await accepts(proof, leaf, log.folder))
    t.notOk(await accepts(proof, flippedLeaf), 'leaf')
    for (const [what, text] of Object.entries(changed)) t.notOk(await accepts(text, leaf), what)
    // Of a tile on the right edge: version 0.7.0 does not look at each of the others (it counts edge tiles that it reads once twice).
    const tile = join(log.folder, 'tile/0/001.p/44')
    const bytes = await readFile(tile)
    bytes[77]! ^= 1
    await writeFile(tile, bytes)
    t.notOk(await accepts(proof, leaf, log.folder), 'tile')
    bytes[77]! ^= 1
    await writeFile(tile, bytes)
  })

  await t.test('@sigstore/verify', async (t) => {
    t.ok(sigstoreAccepts(verifier, proof, leaf))
    t.notOk(sigstoreAccepts(verifier, proof, flippedLeaf), 'leaf')
    for (const [what, text] of Object.entries(changed)) t.notOk(sigstoreAccepts(verifier, text, leaf), what)
  })

  await t.test('openssl, signatures of log and witness', async (t) => {
    const note = parseNote(log.ledger.head!.note)
    const verifies = async (publicKey: KeyObject, message: string, signature: Buffer): Promise<boolean> => {
      await writeFile(join(root, 'key.pem'), publicKey.export({ type: 'spki', format: 'pem' }))
      await writeFile(join(root, 'message'), message)
      await writeFile(join(root, 'signature'), signature)
      return (await openssl('pkeyutl', '-verify', '-pubin', '-inkey', join(root, 'key.pem'), '-rawin', '-in', join(root, 'message'), '-sigfile', join(root, 'signature'))).ok
    }
    const ofLog = note.signatures.find(({ name }) => name === verifier.name)!.bytes
    t.ok(await verifies(verifier.publicKey, note.body, ofLog))
    t.notOk(await verifies(verifier.publicKey, note.body.replace('300', '301'), ofLog))
    const witnessKey = parseVerifierKey(witness.verifierKey)
    const ofWitness = note.signatures.find(({ name }) => name === witnessKey.name)!.bytes
    const message = `cosignature/v1\ntime ${ofWitness.readBigUInt64BE()}\n${note.body}`
    t.ok(await verifies(createPublicKey(witnessKey.publicKey.export({ type: 'spki', format: 'pem' })), message, ofWitness.subarray(8)))
    t.notOk(await verifies(witnessKey.publicKey, message.replace('time 1', 'time 2'), ofWitness.subarray(8)))
  })

  await t.test('trembita-verify, from three files or one ZIP, says who and when', async (t) => {
    const files = { proof: join(root, 'receipt.tlog-proof'), opening: join(root, 'opening.json'), policy: join(root, 'policy.txt'), zip: join(root, 'receipt.zip') }
    await Promise.all([writeFile(files.proof, proof), writeFile(files.opening, opening), writeFile(files.policy, policy), writeFile(files.zip, zip)])
    const verify = async (...args: string[]) => {
      let text = ''
      const code = await main(args, { out: (more) => { text += more }, err: (more) => { text += more }, now: () => new Date() })
      return { code, text }
    }
    const three = await verify(files.proof, '--opening', files.opening, '--policy', files.policy)
    t.equal(three.code, 0)
    t.match(three.text, /VERIFIED[\s\S]*Офіс розвитку підприємництва \(90000050\)[\s\S]*2026-11-30T09:00:00\.078Z[\s\S]*witness\.example\.org\/w1/)
    t.match(await verify(files.zip), { code: 3, text: /CANNOT JUDGE[\s\S]*under the keys in its own ZIP/ }, 'anybody can make a log and a ZIP of it')
    const byProgram = await verify(files.zip, '--policy', files.policy, '--json')
    t.match([byProgram.code, JSON.parse(byProgram.text)], [0, { verdict: 'verified' }])
    t.equal((await verify(files.proof)).code, 2, 'without opening and policy')
    await writeFile(files.opening, opening.replace('"itemCount":1', '"itemCount":2'))
    t.match(await verify(files.proof, '--opening', files.opening, '--policy', files.policy), { code: 1, text: /NOT VERIFIED/ })
    await writeFile(files.opening, opening)
    for (const [what, text] of Object.entries(changed)) {
      await writeFile(files.proof, text)
      t.equal((await verify(files.proof, '--opening', files.opening, '--policy', files.policy)).code, 1, what)
    }
    await writeFile(files.proof, proof.replace(/\u2014 witness\S+ \S+\n/, ''))
    t.match(await verify(files.proof, '--opening', files.opening, '--policy', files.policy), { code: 1, text: /too few witnesses/ })
  })
  t.equal(createHash('sha256').update(opening).digest('base64'), Buffer.from(parseProof(proof).extra!).toString('base64'))
})
