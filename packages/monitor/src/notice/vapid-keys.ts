import { createECDH } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { writeFileAtomic } from '@trembita/daemon'

/** Keys by which push services know us (RFC 8292). A subscription is bound to the public one: replacing it ends all subscriptions. */
export interface VapidKeys {
  /** Base64url of the 65 bytes of a P-256 point; browsers get it when they subscribe. */
  readonly publicKey: string
  /** Base64url of 32 bytes. */
  readonly privateKey: string
}

/** Reads the keys of a file; makes them where there are none yet, readable by us alone. @throws when the file holds something else. */
export async function readVapidKeys (path: string): Promise<VapidKeys> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    return undefined
  })
  if (text === undefined) {
    const made = makeKeys()
    await writeFileAtomic(path, `${JSON.stringify(made)}\n`, { mode: 0o600 })
    return made
  }
  const { privateKey } = JSON.parse(text) as Partial<VapidKeys>
  const curve = createECDH('prime256v1')
  curve.setPrivateKey(Buffer.from(String(privateKey), 'base64url'))
  return { publicKey: curve.getPublicKey().toString('base64url'), privateKey: String(privateKey) }
}

function makeKeys (): VapidKeys {
  for (;;) {
    const curve = createECDH('prime256v1')
    curve.generateKeys()
    const privateKey = curve.getPrivateKey()
    // One in 256 begins with a zero byte and comes out shorter.
    if (privateKey.length === 32) return { publicKey: curve.getPublicKey().toString('base64url'), privateKey: privateKey.toString('base64url') }
  }
}
