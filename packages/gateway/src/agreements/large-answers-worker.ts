import { parentPort } from 'node:worker_threads'
import { Unreadable } from './cuts.ts'
import { boundJson } from './json-bounds.ts'
import type { LargeAnswer, LargeAnswerBounds } from './large-answers.ts'
import { boundXml } from './xml-bounds.ts'

/*
 * The thread that looks through large answers, so that meanwhile others are served.
 */
parentPort!.on('message', ({ bytes, kind, rules }: LargeAnswer) => {
  parentPort!.postMessage(boundsOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), kind, rules))
})

function boundsOf (bytes: Buffer, kind: LargeAnswer['kind'], rules: LargeAnswer['rules']): LargeAnswerBounds {
  try {
    const { outside, inside } = kind === 'json' ? boundJson(bytes, rules.json) : boundXml(bytes, rules.xml, kind)
    // What is unchanged is there already.
    return { outside, inside: inside === bytes ? 'unchanged' : inside }
  } catch (thrown) {
    if (thrown instanceof Unreadable) return { unreadable: thrown.message }
    throw thrown
  }
}
