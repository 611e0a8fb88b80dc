/**
 * Where one body goes while it is read: memory, a file, a hash alone. Given in by the caller, so that nothing here knows disks.
 * Calls come one after another, each awaited. `write` must have used or copied the chunk when it resolves. When decoding
 * fails, every sink that was opened gets `abort`, also one that has ended.
 */
export interface BodySink<B> {
  write (chunk: Uint8Array): void | Promise<void>
  end (): B | Promise<B>
  abort (): void | Promise<void>
}
