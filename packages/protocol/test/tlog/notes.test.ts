import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import {
  addSignatures, checkQuorum, cosign, formatCheckpoint, formatPolicy, formatProof, formatVerifierKey, noteSigner, openCheckpoint, parseCheckpoint, parseNote, parsePolicy, parseProof,
  parseVerifierKey, SIGNATURE_TYPE, signNote, TlogError
} from '../../src/tlog/index.ts'

const ORIGIN = 'monitor.example.gov.ua/log/main'
const log = noteSigner(ORIGIN, SIGNATURE_TYPE.ed25519, generateKeyPairSync('ed25519').privateKey)
const witness = noteSigner('witness.example.org/w1', SIGNATURE_TYPE.cosignature, generateKeyPairSync('ed25519').privateKey)
const other = noteSigner('other.example.org', SIGNATURE_TYPE.cosignature, generateKeyPairSync('ed25519').privateKey)
const body = formatCheckpoint({ origin: ORIGIN, size: 70_000, root: Buffer.alloc(32, 7) })
const AT = new Date('2026-11-30T01:00:00Z')
const cosigned = addSignatures(signNote(body, log), [cosign(body, witness, AT)])

t.test('verifier keys are read as written; the published key of sum.golang.org is one', async (t) => {
  const text = 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8'
  t.equal(formatVerifierKey(parseVerifierKey(text)), text)
  for (const bad of ['', 'a+b', text.replace('033d', '033e'), text.replace('+Ac', '+Bc'), `${text}=`, text.replace('sum.', 'su m.'), text.toUpperCase()]) t.throws(() => parseVerifierKey(bad), { name: 'TlogError', problem: 'malformed' }, bad)
  for (let i = 0; i < 50; i++) {
    const key = formatVerifierKey(noteSigner('x', SIGNATURE_TYPE.cosignature, generateKeyPairSync('ed25519').privateKey))
    t.equal(formatVerifierKey(parseVerifierKey(key)), key)
  }
})

t.test('a cosigned checkpoint opens with the keys of log and witness; unknown witnesses are ignored', async (t) => {
  const { checkpoint, cosignatures } = openCheckpoint(addSignatures(cosigned, [cosign(body, other, AT)]), log, [witness])
  t.same(checkpoint, parseCheckpoint(body))
  t.same(cosignatures.map(({ witness, at }) => [witness.name, at.toISOString()]), [[witness.name, AT.toISOString()]])
  t.equal(addSignatures(cosigned, [cosign(body, witness, AT)]), cosigned, 'the same signature is not added twice')
})

t.test('one flipped bit anywhere in a cosigned checkpoint, and it does not open, or without that cosignature', async (t) => {
  const bytes = Buffer.from(cosigned)
  let believed = 0
  for (let at = 0; at < bytes.length; at++) {
    for (const bit of [1, 4]) {
      const changed = Buffer.from(bytes)
      changed[at]! ^= bit
      let found: number | undefined
      try {
        found = openCheckpoint(changed.toString('utf8'), log, [witness]).cosignatures.length
      } catch (error) {
        if (!(error instanceof TlogError)) throw error
      }
      // A changed name or key id of the witness makes it somebody unknown.
      if (found !== undefined && found !== 0) believed++
    }
  }
  t.equal(believed, 0)
})

t.test('malformed checkpoints, notes, proofs and policies are refused with an error of ours, whatever the bytes', async (t) => {
  for (const bad of ['', 'a\n1\n', `${ORIGIN}\n01\n${Buffer.alloc(32).toString('base64')}\n`, `${body}extension\n`, body.slice(0, -1), body.replace('=', ''), `${ORIGIN}\n99999999999999999\n${Buffer.alloc(32).toString('base64')}\n`]) {
    t.throws(() => parseCheckpoint(bad), { name: 'TlogError', problem: 'malformed' }, JSON.stringify(bad))
  }
  t.throws(() => openCheckpoint(cosigned, witness as never), { name: 'TlogError', problem: 'signature' })
  const ours = (run: () => unknown): boolean => {
    try {
      run()
      return true
    } catch (error) {
      return error instanceof TlogError
    }
  }
  const lines = fc.array(fc.oneof(fc.string(), fc.constantFrom('', 'index 4', 'extra AAAA', 'c2sp.org/tlog-proof@v1', ...cosigned.split('\n'), 'quorum none', 'group g 1 a b', `log ${formatVerifierKey(log)}`, `witness a ${formatVerifierKey(witness)}`)))
  fc.assert(fc.property(lines, (lines) => {
    const text = lines.join('\n')
    return [() => parseNote(text), () => parseProof(text), () => parsePolicy(text), () => parseCheckpoint(text), () => openCheckpoint(text, log), () => parseVerifierKey(text)].every(ours)
  }))
})

t.test('a proof file is read as written', async (t) => {
  const proof = { extra: Buffer.from('00ff', 'hex'), index: 12, hashes: [Buffer.alloc(32, 1), Buffer.alloc(32, 2)], checkpoint: cosigned }
  const text = formatProof(proof)
  t.match(text, /^c2sp\.org\/tlog-proof@v1\nextra AP8=\nindex 12\n/)
  t.same(parseProof(text), proof)
  t.equal(parseProof(formatProof({ index: 0, hashes: [], checkpoint: cosigned })).extra, undefined)
  t.throws(() => parseProof(text.replace('index 12', 'index 012')), { name: 'TlogError', problem: 'malformed' })
  t.throws(() => parseProof(text.replace('extra AP8=', 'extra AP9=')), { name: 'TlogError', problem: 'malformed' }, 'base64 that is not canonical')
})

t.test('a policy says which witnesses are enough', async (t) => {
  const text = `# whom we trust\nlog ${formatVerifierKey(log)} https://monitor.example/log\nwitness w1 ${formatVerifierKey(witness)}\nwitness w2 ${formatVerifierKey(other)}\ngroup both all w1 w2\ngroup some 1 both w1\nquorum some\n`
  const policy = parsePolicy(text)
  t.equal(formatPolicy(policy), text.split('\n').slice(1).join('\n').replace(' all ', ' 2 '))
  const by = (...witnesses: typeof witness[]) => witnesses.map((witness) => ({ witness, at: AT }))
  checkQuorum(policy, by(witness))
  t.throws(() => checkQuorum(policy, by(other)), { name: 'TlogError', problem: 'quorum' })
  t.throws(() => checkQuorum({ ...policy, quorum: 'both' }, by(witness)), { name: 'TlogError', problem: 'quorum' })
  checkQuorum({ ...policy, quorum: 'both' }, by(witness, other))
  checkQuorum({ ...policy, quorum: undefined }, [])
  const one = `log ${formatVerifierKey(log)}\n`
  for (const bad of ['', one, `${one}quorum w1`, `${one}quorum none\nquorum none`, `${one}group g 2 a b\nquorum g`, `${one}witness w1 ${formatVerifierKey(log)}\nquorum none`, 'quorum none', `${one}quorum none\nmore`]) t.throws(() => parsePolicy(bad), { name: 'TlogError', problem: 'malformed' }, bad)
})
