import { parentPort } from 'node:worker_threads'
import { Fault } from '@trembita/protocol/fault'
import { RegistryAssembly } from './registry-assembly.ts'
import { writeSharedFiles } from './shared-files.ts'
import type { FromSharedThread, ToSharedThread } from './shared-thread.ts'

/*
 * Takes the registry in pages, writes the shared parameters of every version, and is done: a thread serves one generation, and its
 * memory goes with it.
 */
const port = parentPort!
const assembly = new RegistryAssembly()

port.on('message', (message: ToSharedThread) => {
  if ('table' in message) {
    assembly.add(message)
    return
  }
  answer(message).then((found) => { port.postMessage(found) }).finally(() => { port.close() })
})

async function answer ({ head, paths }: Exclude<ToSharedThread, { table: unknown }>): Promise<FromSharedThread> {
  try {
    return { written: await writeSharedFiles(assembly.sharedParameters(head), paths) }
  } catch (error) {
    return { failure: { kind: error instanceof Fault ? error.kind : undefined, message: error instanceof Error ? error.message : String(error) } }
  }
}
