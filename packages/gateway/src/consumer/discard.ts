import type { ExchangeMessage } from '../exchange/index.ts'

/** Lets go of spooled bodies. */
export async function discard (...messages: (ExchangeMessage | undefined)[]): Promise<void> {
  for (const message of messages) {
    for (const { body } of message?.attachments ?? []) await body.discard()
  }
}
