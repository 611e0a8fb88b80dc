import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import { systemClock, writeFileAtomic, type Clock } from '@trembita/daemon'
import { Lock } from '@trembita/daemon/store'
import {
  addSignatures, cosign, EMPTY_ROOT, formatVerifierKey, noteSigner, openCheckpoint, parseCheckpoint, parseNote, parseVerifierKey, SIGNATURE_TYPE, TlogError, verifyConsistency,
  type NoteSigner, type VerifierKey
} from '@trembita/protocol/tlog'

export interface WitnessOptions {
  /** Of its key, and of what it has seen of each log. */
  readonly folder: string
  /** `witness.example.org/w1`: neither spaces nor plus signs. */
  readonly name: string
  /** Verifier keys of the logs that it watches; may be called later, when a log's key is made. */
  readonly logs: readonly string[] | (() => readonly string[])
  /** Default 127.0.0.1. */
  readonly host?: string | undefined
  /** Default: any free one. */
  readonly port?: number | undefined
  readonly clock?: Clock | undefined
}

export interface RunningWitness extends AsyncDisposable {
  /** `url/add-checkpoint`, and `url/<hex SHA-256 of the origin>/checkpoint`. */
  readonly url: string
  /** To be named in the policy of logs and readers. */
  readonly verifierKey: string
  close (): Promise<void>
}

/** What was last cosigned of one log. */
interface Seen {
  readonly size: number
  readonly root: string
  /** The cosigned note. */
  readonly note: string
}

interface Submission {
  readonly old: number
  readonly proof: readonly Buffer[]
  readonly note: string
}

/** 63 lines of proof and a checkpoint with a hundred signatures. */
const BODY_BYTES_MAX = 64 * 1024
const PROOF_LINES_MAX = 63
const SIZE_TYPE = 'text/x.tlog.size'

/**
 * A witness of C2SP tlog-witness: cosigns a checkpoint when the log only grew since the last one. What it has seen is on disk before it
 * answers, and judged and stored as one: it never cosigns two histories, whatever is killed. Its key lies on disk unsealed: development only.
 */
export async function startWitness (options: WitnessOptions): Promise<RunningWitness> {
  const { folder, host = '127.0.0.1', port = 0, clock = systemClock } = options
  const signer = await witnessKey(folder, options.name)
  const logs = options.logs
  const app = createWitnessApp({ folder, signer, clock, logs: typeof logs === 'function' ? logs : () => logs })
  const url = await app.listen({ host, port })
  const close = async (): Promise<void> => { await app.close() }
  return { url, verifierKey: formatVerifierKey(signer), close, [Symbol.asyncDispose]: close }
}

/** The key of a witness, made at first use; so its verifier key can be given to a log before the witness starts. */
export async function witnessKey (folder: string, name: string): Promise<NoteSigner> {
  const path = join(folder, 'witness.key')
  const pem = await readFile(path, 'utf8').catch(missing)
  let key: KeyObject
  if (pem === undefined) {
    key = generateKeyPairSync('ed25519').privateKey
    await writeFileAtomic(path, key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  } else {
    key = createPrivateKey(pem)
  }
  return noteSigner(name, SIGNATURE_TYPE.cosignature, key)
}

interface WitnessDeps {
  readonly folder: string
  readonly signer: NoteSigner
  readonly clock: Clock
  readonly logs: () => readonly string[]
}

function createWitnessApp ({ folder, signer, clock, logs }: WitnessDeps): FastifyInstance {
  const app = fastify({ bodyLimit: BODY_BYTES_MAX, forceCloseConnections: true })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => { done(null, body) })
  const lock = new Lock()

  app.get<{ Params: { origin: string } }>('/:origin/checkpoint', async (request, reply) => {
    const seen = /^[0-9a-f]{64}$/.test(request.params.origin) ? await seenOf(folder, request.params.origin) : undefined
    return seen === undefined ? await text(reply, 404, 'nothing was seen of this log\n') : await text(reply, 200, seen.note)
  })

  app.post<{ Body: unknown }>('/add-checkpoint', async (request, reply) => {
    const submission = parseSubmission(String(request.body ?? ''))
    if (submission === undefined) return await text(reply, 400, 'not a submission\n')
    const log = logs().map(parseVerifierKey).find(({ name }) => name === originOf(submission.note))
    if (log === undefined) return await text(reply, 404, 'this log is not watched\n')
    return await lock.run(() => judge(reply, submission, log))
  })

  async function judge (reply: FastifyReply, { old, proof, note }: Submission, log: VerifierKey): Promise<FastifyReply> {
    let checkpoint: ReturnType<typeof parseCheckpoint>
    try {
      checkpoint = openCheckpoint(note, log).checkpoint
    } catch (error) {
      if (!(error instanceof TlogError)) throw error
      return await text(reply, error.problem === 'signature' ? 403 : 400, 'no valid signature of the log\n')
    }
    const id = createHash('sha256').update(checkpoint.origin).digest('hex')
    const seen = await seenOf(folder, id)
    const known = seen?.size ?? 0
    if (old > checkpoint.size) return await text(reply, 400, 'the old size is larger than the new\n')
    if (old !== known) return await reply.code(409).type(SIZE_TYPE).send(`${known}\n`)
    const knownRoot = seen === undefined ? EMPTY_ROOT : Buffer.from(seen.root, 'base64')
    // A different root for a size that was seen is a conflict, which no proof can explain.
    if (old === checkpoint.size && !knownRoot.equals(checkpoint.root)) return await reply.code(409).type(SIZE_TYPE).send(`${known}\n`)
    try {
      verifyConsistency(old, checkpoint.size, proof, knownRoot, checkpoint.root)
    } catch (error) {
      if (!(error instanceof TlogError)) throw error
      return await text(reply, 422, 'the proof does not show that the log only grew\n')
    }
    const line = cosign(parseNote(note).body, signer, clock.now())
    const now: Seen = { size: checkpoint.size, root: checkpoint.root.toString('base64'), note: addSignatures(note, [line]) }
    await writeFileAtomic(join(folder, `${id}.json`), JSON.stringify(now))
    return await text(reply, 200, line)
  }
  return app
}

async function text (reply: FastifyReply, status: number, body: string): Promise<FastifyReply> {
  return await reply.code(status).type('text/plain; charset=utf-8').send(body)
}

async function seenOf (folder: string, id: string): Promise<Seen | undefined> {
  const json = await readFile(join(folder, `${id}.json`), 'utf8').catch(missing)
  return json === undefined ? undefined : JSON.parse(json) as Seen
}

function parseSubmission (body: string): Submission | undefined {
  const split = body.indexOf('\n\n')
  if (split < 0) return undefined
  const [first = '', ...lines] = body.slice(0, split).split('\n')
  const [, old] = /^old (0|[1-9]\d{0,15})$/.exec(first) ?? []
  const proof = lines.map((line) => Buffer.from(line, 'base64'))
  const isGood = lines.length <= PROOF_LINES_MAX && proof.every((hash, i) => hash.length === 32 && hash.toString('base64') === lines[i])
  return old === undefined || !Number.isSafeInteger(Number(old)) || !isGood ? undefined : { old: Number(old), proof, note: body.slice(split + 2) }
}

/** The log that a note speaks of; nothing of it is checked yet. */
function originOf (note: string): string {
  return note.split('\n', 1)[0]!
}

function missing (error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
