import {
  CHAIN_CLOSE, CHAIN_OPEN, DATA_REF_CLOSE, DATA_REF_MIDDLE, DATA_REF_OPEN, HASH_VALUE_CLOSE, HASH_VALUE_OPEN, METHOD, RESULT_CLOSE, RESULT_MIDDLE,
  RESULT_OPEN, STEP_CLOSE, stepOpen, stepRef
} from './chain-template.ts'
import { beginsAs, Cursor } from './cursor.ts'
import { type ChainInput, type HashChain, type HashChainResult, malformedChain } from './hash-chain.ts'

const CHANGED = 'text of the hash chain was changed'

/** A result of our own making, without an XML parser; undefined for any other text. It is digested as a whole, so damage shows. */
export function readOwnChainResult (text: string): HashChainResult | undefined {
  const cursor = new Cursor(text, 0)
  if (!cursor.take(RESULT_OPEN)) return undefined
  const file = cursor.until(RESULT_MIDDLE)
  const value = cursor.base64()
  if (file === undefined || value === undefined || !/^\/[a-z.-]+$/.test(file) || !cursor.takeEnd(RESULT_CLOSE)) return undefined
  return { file, step: 'STEP0', method: METHOD, value }
}

/**
 * A chain of our own making.
 *
 * @returns undefined for the text of another producer.
 * @throws {Fault} `MalformedHashChain` for a text that begins as ours does and is not ours to the end.
 */
export function readOwnChain (text: string): HashChain | undefined {
  if (!beginsAs(text, CHAIN_OPEN)) return undefined
  const cursor = new Cursor(text, 0)
  const steps = new Map<string, readonly ChainInput[]>()
  if (!cursor.take(CHAIN_OPEN)) throw malformedChain(CHANGED)
  while (!cursor.takeEnd(CHAIN_CLOSE)) {
    const inputs = cursor.take(stepOpen(steps.size)) ? readInputs(cursor, steps.size) : undefined
    if (inputs === undefined || inputs.length === 0) throw malformedChain(CHANGED)
    steps.set(`STEP${steps.size}`, inputs)
  }
  return steps
}

function readInputs (cursor: Cursor, k: number): ChainInput[] | undefined {
  const inputs: ChainInput[] = []
  while (!cursor.take(STEP_CLOSE)) {
    const input = readInput(cursor, k)
    if (input === undefined) return undefined
    inputs.push(input)
  }
  return inputs
}

function readInput (cursor: Cursor, k: number): ChainInput | undefined {
  if (cursor.take(stepRef(k + 1))) return { kind: 'step', method: METHOD, step: `STEP${k + 1}` }
  if (cursor.take(HASH_VALUE_OPEN)) {
    const value = cursor.base64()
    return value !== undefined && cursor.take(HASH_VALUE_CLOSE) ? { kind: 'value', method: METHOD, value } : undefined
  }
  const uri = cursor.take(DATA_REF_OPEN) ? cursor.until(DATA_REF_MIDDLE) : undefined
  if (uri === undefined || !/^\/[A-Za-z0-9./-]+$/.test(uri)) return undefined
  const value = cursor.base64()
  return value !== undefined && cursor.take(DATA_REF_CLOSE) ? { kind: 'data', method: METHOD, uri, value } : undefined
}
