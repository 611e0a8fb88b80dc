import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { writeFileAtomic } from '@trembita/daemon'
import type { Secret } from '@trembita/daemon'
import { noteSigner, SIGNATURE_TYPE, type NoteSigner } from '@trembita/protocol/tlog'

/**
 * The log's Ed25519 key: a file sealed under the passphrase, made at the first start.
 *
 * @param mayMake false when the store knows the log already: a lost key must not be replaced without a word.
 */
export async function logKeyOf (path: string, origin: string, passphrase: Secret, mayMake: boolean): Promise<NoteSigner> {
  const pem = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    return undefined
  })
  if (pem !== undefined) return noteSigner(origin, SIGNATURE_TYPE.ed25519, open(path, pem, passphrase))
  if (!mayMake) throw new Error(`${path}: the key of the log is missing; put it back from a backup`)
  const { privateKey } = generateKeyPairSync('ed25519')
  await writeFileAtomic(path, privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: passphrase.bytes.toString('utf8') }), { mode: 0o600 })
  return noteSigner(origin, SIGNATURE_TYPE.ed25519, privateKey)
}

function open (path: string, pem: string, passphrase: Secret): ReturnType<typeof createPrivateKey> {
  try {
    return createPrivateKey({ key: pem, passphrase: passphrase.bytes })
  } catch (cause) {
    throw new Error(`${path}: the key of the log does not open by this passphrase`, { cause })
  }
}
